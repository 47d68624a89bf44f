using System.Text.Json.Serialization;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Simulate;

/// <summary>A group of equal engines.</summary>
internal sealed record EngineGroup
{
    /// <summary>Number of engines, at least 1.</summary>
    public int Count { get; init; } = 8;

    /// <summary>Their infer type; contestants may split the fleet differently.</summary>
    public InferType InferType { get; init; } = InferType.Neutral;

    /// <summary>The name of their built-in step times, one of <see cref="EngineProfiles.Names"/>; without effect where there are tables.</summary>
    public string Profile { get; init; } = EngineProfiles.H200Llama8B.Name;

    /// <summary>JSON table of prefill times; null, together with the other table: those of <see cref="Profile"/>.</summary>
    public string? TtftProfile { get; init; }

    /// <summary>JSON table of decode step times.</summary>
    public string? TpotProfile { get; init; }

    /// <summary>
    /// The class under which the scheduler has their step times as tables of their own; groups with the same class have the same step times. Null: it has none for
    /// them but the default tables.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Class { get; init; }

    /// <summary>KV capacity in tokens, at least 1; null: that of <see cref="Profile"/>.</summary>
    public int? KvCapacity { get; init; }

    /// <summary>Largest number of tokens in a step.</summary>
    public int MaxBatchedTokens { get; init; } = 8192;

    /// <summary>Standard deviation of the factor that each step's duration is multiplied with.</summary>
    public double Noise { get; init; }

    /// <summary>Whether it has tables of its own.</summary>
    [JsonIgnore]
    public bool HasFiles => this is { TtftProfile: not null, TpotProfile: not null };

    /// <summary>Whether another group has the same step times.</summary>
    public bool HasStepTimesOf(EngineGroup other) =>
        TtftProfile == other.TtftProfile && TpotProfile == other.TpotProfile && (HasFiles || Profile == other.Profile);
}
