namespace Llumnix.Scheduling.Replication;

/// <summary>What happened to an entry of a ledger.</summary>
public enum LedgerChangeKind : byte
{
    /// <summary>A request was placed.</summary>
    Added,

    /// <summary>A report told its tokens or its first token.</summary>
    Progressed,

    /// <summary>It was released, replaced, has expired, or its instance has left.</summary>
    Ended,

    /// <summary>A status has named it. The receiver counts it until it has taken over a further status of the instance: that one names it, too.</summary>
    Acknowledged,
}
