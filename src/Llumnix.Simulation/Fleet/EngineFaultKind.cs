namespace Llumnix.Simulation.Fleet;

/// <summary>The kinds of engine faults.</summary>
public enum EngineFaultKind
{
    /// <summary>It reports that it takes no requests, and goes on with those that it has.</summary>
    Unschedulable,

    /// <summary>It loses all its requests and pushes no status until it is back.</summary>
    Crash,

    /// <summary>It works, but pushes no status.</summary>
    Silent,

    /// <summary>The scheduler is told to drain it. Without effect with placers that are no scheduler.</summary>
    Drain,

    /// <summary>Its steps take longer; see <see cref="EngineFault.Factor"/>.</summary>
    Slow,
}
