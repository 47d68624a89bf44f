namespace Llumnix.Simulation.Engines;

/// <summary>The kinds of events of a request.</summary>
public enum StepEventKind
{
    /// <summary>It emitted a token and goes on.</summary>
    Token,

    /// <summary>It emitted its last token and ended.</summary>
    Finished,

    /// <summary>Its KV was dropped for lack of blocks; it waits again and recomputes.</summary>
    Preempted,

    /// <summary>Its KV has arrived; the prefill engine may drop its copy.</summary>
    Loaded,
}
