namespace Llumnix.Simulation.Engines;

/// <summary>The phase of a request inside an engine.</summary>
internal enum SequencePhase
{
    Waiting,
    Loading,
    Prefilling,
    Decoding,

    /// <summary>A prefill-only request that has ended and keeps its KV.</summary>
    AwaitingPull,

    /// <summary>Being migrated out, and taken out of the batch or the queue for that.</summary>
    Stopped,

    /// <summary>Being migrated in.</summary>
    Reserved,
}
