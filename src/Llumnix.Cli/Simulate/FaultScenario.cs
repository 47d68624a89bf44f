using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>Something that goes wrong.</summary>
internal sealed record FaultScenario
{
    /// <summary>What.</summary>
    public EngineFaultKind Kind { get; init; }

    /// <summary>Which engine, from 0.</summary>
    public int Engine { get; init; }

    /// <summary>When, in seconds.</summary>
    public double AtSeconds { get; init; }

    /// <summary>For how long, in seconds.</summary>
    public double DurationSeconds { get; init; } = 60;
}
