namespace Llumnix.Scheduling.Replication;

/// <summary>
/// The other replicas by number, from 1 on. The number of one without streams and entries is given to the next newcomer. Guarded by the scheduler's lock.
/// </summary>
internal sealed class PeerTable(LedgerJournal journal)
{
    /// <summary>Numbers of replicas; earlier runs whose entries are not gone yet count, too.</summary>
    internal const int MaxReplicas = 64;

    private readonly PeerLedger?[] _peers = new PeerLedger?[MaxReplicas];

    /// <summary>The replica of a number; null when there is none.</summary>
    internal PeerLedger? this[int replica] => _peers[replica];

    /// <summary>The replica of a key; null when it is not known.</summary>
    internal PeerLedger? Find(ReplicaKey key) => Array.Find(_peers, peer => peer?.Key == key);

    /// <summary>The replica of a key; null when it is not known and there is no room.</summary>
    internal PeerLedger? GetOrAdd(ReplicaKey key)
    {
        if (Find(key) is { } known)
        {
            return known;
        }

        for (int replica = 1; replica < MaxReplicas; replica++)
        {
            if (_peers[replica] is not { } present || (present.Streams == 0 && journal.CountOf(replica) == 0))
            {
                return _peers[replica] = new PeerLedger(key, replica);
            }
        }

        return null;
    }

    /// <summary>The names of the replicas with open streams.</summary>
    internal IEnumerable<string> ConnectedNames => _peers.Where(static peer => peer is { Streams: > 0 }).Select(static peer => peer!.Key.Name);

    /// <summary>Marks every replica's entries as incomplete.</summary>
    internal void MarkIncomplete()
    {
        foreach (PeerLedger? peer in _peers)
        {
            if (peer is not null)
            {
                peer.IsIncomplete = true;
            }
        }
    }
}
