using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>The part for replicas: what is told of own entries, and the entries of others.</summary>
/// <remarks>
/// Statuses reach every replica, so each acknowledges foreign entries by itself. A placement can come later than the status that names its request; such an
/// entry goes with the first status after its owner's word that a status has named it.
/// </remarks>
internal sealed partial class DispatchLedger : IReplicatedEntries
{
    private readonly Func<string, FullModeInstance?> _find;

    /// <summary>Number of entries with <see cref="LedgerEntry.IsOwnerAcknowledged"/>.</summary>
    private int _ownerAcknowledged;

    /// <inheritdoc/>
    int IReplicatedEntries.IndexEnd => _entries.End;

    /// <inheritdoc/>
    bool IReplicatedEntries.TryDescribe(int index, out LedgerChange added)
    {
        ref LedgerEntry entry = ref _entries[index];
        bool isOwn = entry is { RequestId: not null, Origin.IsForeign: false };
        added = isOwn ? Describe(in entry) : default;
        return isOwn;
    }

    /// <inheritdoc/>
    bool IReplicatedEntries.AddForeign(in LedgerChange added, in EntryOrigin origin, long now)
    {
        int index = FindEntry(added.RequestId, origin.Replica, origin.EntryId);
        if (index != 0)
        {
            _entries[index].Origin = origin;
            return true;
        }

        if (_find(added.InstanceId) is not { } instance)
        {
            return false;
        }

        Insert(added.RequestId, instance, added.Role, added.PromptTokens, added.UncomputedTokens, added.At, origin);
        return true;
    }

    /// <inheritdoc/>
    void IReplicatedEntries.Apply(in LedgerChange change, int replica, long now)
    {
        int index = FindEntry(change.RequestId, replica, change.EntryId);
        if (index == 0)
        {
            return;
        }

        ref LedgerEntry entry = ref _entries[index];
        if (change.Kind == LedgerChangeKind.Ended)
        {
            EndHere(index);
        }
        else if (change.Kind == LedgerChangeKind.Acknowledged && entry is { Origin.IsForeign: true, IsOwnerAcknowledged: false })
        {
            entry.IsOwnerAcknowledged = true;
            _ownerAcknowledged++;
        }
    }

    /// <inheritdoc/>
    void IReplicatedEntries.RemoveUnconfirmed(int index, int replica, int round)
    {
        if (_entries[index].RequestId is not null && _entries[index].Origin.Replica == replica && _entries[index].Origin.Round != round)
        {
            Remove(index);
        }
    }

    private static LedgerChange Describe(in LedgerEntry entry) => new()
    {
        Kind = LedgerChangeKind.Added,
        RequestId = entry.RequestId,
        Role = entry.Role,
        EntryId = entry.Origin.EntryId,
        InstanceId = entry.Instance.Id,
        GatewayId = "",
        PromptTokens = entry.Tokens,
        UncomputedTokens = entry.UncomputedTokens,
        Tokens = entry.Tokens,
        At = entry.AddedAt,
    };

    /// <summary>Ends an entry for a reason that only this replica knows: the word goes to the other replicas, and to its owner where that is another.</summary>
    private void End(int index)
    {
        Tell(LedgerChangeKind.Ended, index);
        Remove(index);
    }

    /// <summary>Ends an entry for a reason that every replica finds by itself, or has from its owner: only own entries are told.</summary>
    private void EndHere(int index)
    {
        if (!_entries[index].Origin.IsForeign)
        {
            Tell(LedgerChangeKind.Ended, index);
        }

        Remove(index);
    }

    private void RemoveAcknowledged(int index)
    {
        if (!_entries[index].Origin.IsForeign)
        {
            Tell(LedgerChangeKind.Acknowledged, index);
        }

        Remove(index);
    }

    private void Tell(LedgerChangeKind kind, int index)
    {
        ref LedgerEntry entry = ref _entries[index];
        _journal?.AppendEnd(kind, entry.RequestId, entry.Role, in entry.Origin);
    }

    private void RemoveOwnerAcknowledged(FullModeInstance instance)
    {
        int next;
        for (int index = instance.LedgerEntries.First; index != 0; index = next)
        {
            next = _byInstance.Next(index);
            if (_entries[index].IsOwnerAcknowledged)
            {
                Remove(index);
            }
        }
    }

    private int FindEntry(string requestId, int replica, long entryId)
    {
        int index = _byRequest.First(requestId);
        while (index != 0 && (_entries[index].Origin.EntryId != entryId || _entries[index].Origin.Replica != replica))
        {
            index = _byRequest.Next(index);
        }

        return index;
    }
}
