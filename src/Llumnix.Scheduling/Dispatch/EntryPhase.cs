namespace Llumnix.Scheduling.Dispatch;

/// <summary>How far an own request is on an engine that names no requests, as far as readings and reports tell.</summary>
internal enum EntryPhase
{
    /// <summary>Placed; no reading covers it yet. All of its load is the ledger's.</summary>
    InFlight,

    /// <summary>A reading counts it among the waiting requests; its tokens are still the ledger's.</summary>
    Waiting,

    /// <summary>The engine has admitted it and computes its prompt. The reading counts its request and its KV tokens; the uncomputed ones are the ledger's.</summary>
    Prefilling,

    /// <summary>Its first token is out. The reading counts all of it.</summary>
    Running,

    /// <summary>It has ended, but the newest reading still counts it.</summary>
    Ended,
}
