namespace Llumnix.Simulation.Engines;

/// <summary>Where a request stands inside an engine.</summary>
internal enum SequencePhase
{
    Waiting,
    Loading,
    Prefilling,
    Decoding,

    /// <summary>A prefill-only request that has ended and keeps its KV.</summary>
    AwaitingPull,

    /// <summary>Being migrated out, and taken out of the batch or the queue for it.</summary>
    Stopped,

    /// <summary>Being migrated in.</summary>
    Reserved,
}
