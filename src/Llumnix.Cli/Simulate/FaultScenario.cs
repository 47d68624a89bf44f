using System.Text.Json.Serialization;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>A fault of an engine.</summary>
internal sealed record FaultScenario
{
    /// <summary>How many times as long the steps of a slow engine take where nothing is said.</summary>
    public const double DefaultFactor = 1.25;

    /// <summary>The kind of fault.</summary>
    public EngineFaultKind Kind { get; init; } = EngineFaultKind.Crash;

    /// <summary>The engine's index, from 0.</summary>
    public int Engine { get; init; }

    /// <summary>When it begins, in seconds.</summary>
    public double AtSeconds { get; init; }

    /// <summary>How long it lasts, in seconds.</summary>
    public double DurationSeconds { get; init; } = 60;

    /// <summary>How many times as long its steps take, for a slow engine, above 0; null: 1.25.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Factor { get; init; }
}
