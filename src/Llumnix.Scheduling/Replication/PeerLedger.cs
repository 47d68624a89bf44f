namespace Llumnix.Scheduling.Replication;

/// <summary>What is known of one other replica as an origin of entries. Guarded by the scheduler's lock, except for the gate of its batches.</summary>
/// <param name="key">The replica.</param>
/// <param name="replica">Its number in the table.</param>
internal sealed class PeerLedger(ReplicaKey key, int replica)
{
    internal ReplicaKey Key { get; } = key;

    internal int Replica { get; } = replica;

    /// <summary>Taken while a batch is applied, so that its pieces are not mixed with those of another one.</summary>
    internal Lock Applying { get; } = new();

    /// <summary>Number of its streams that are open; without one its entries stay until they are acknowledged, released or old.</summary>
    internal int Streams { get; set; }

    /// <summary>Number of the newest batch taken over.</summary>
    internal long LastNumber { get; set; } = -1;

    /// <summary>Number of its newest snapshot.</summary>
    internal int Round { get; set; }

    /// <summary>Whether nothing is missing since its last snapshot began.</summary>
    internal bool IsInSequence { get; set; }

    /// <summary>Timestamp at which a snapshot was asked for; null when none is awaited.</summary>
    internal long? AskedAt { get; set; }

    /// <summary>Whether entries may be missing because their instance was not known, or was forgotten in the meantime.</summary>
    internal bool IsIncomplete { get; set; }
}
