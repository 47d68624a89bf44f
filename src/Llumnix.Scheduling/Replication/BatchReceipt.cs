namespace Llumnix.Scheduling.Replication;

/// <summary>What became of a received batch.</summary>
public enum BatchReceipt
{
    /// <summary>It is taken over.</summary>
    Applied,

    /// <summary>It came late, after newer ones, and changes nothing.</summary>
    Stale,

    /// <summary>The sender must begin a snapshot: a batch is missing before this one, or instances have come that earlier entries are on.</summary>
    SnapshotNeeded,

    /// <summary>It is dropped and waits for the snapshot that has been asked for.</summary>
    AwaitingSnapshot,

    /// <summary>It is the receiver's own, or there are too many replicas.</summary>
    Refused,
}
