namespace Llumnix.Simulation.Engines;

/// <summary>What happened to a request around a step.</summary>
public enum StepEventKind
{
    /// <summary>It emitted a token and goes on.</summary>
    Token,

    /// <summary>It emitted its last token and ended.</summary>
    Finished,

    /// <summary>Its KV was dropped for want of blocks; it waits again and recomputes.</summary>
    Preempted,

    /// <summary>Its KV has arrived; the prefill side need not keep it any longer.</summary>
    Loaded,
}
