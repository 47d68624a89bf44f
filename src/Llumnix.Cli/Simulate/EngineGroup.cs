using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Simulate;

/// <summary>A group of equal engines.</summary>
internal sealed record EngineGroup
{
    /// <summary>Number of engines, at least 1.</summary>
    public int Count { get; init; } = 8;

    /// <summary>Their infer type; contestants may split the fleet differently.</summary>
    public InferType InferType { get; init; } = InferType.Neutral;

    /// <summary>
    /// JSON table of prefill times; null, together with the other table: an H200 with Llama-3.1-8B FP8. See
    /// <see cref="Scenario.SchedulerProfileGroup"/> for the tables that the scheduler gets.
    /// </summary>
    public string? TtftProfile { get; init; }

    /// <summary>JSON table of decode step times.</summary>
    public string? TpotProfile { get; init; }

    /// <summary>KV capacity in tokens.</summary>
    public int KvCapacity { get; init; } = 945_029;

    /// <summary>Largest number of tokens in a step.</summary>
    public int MaxBatchedTokens { get; init; } = 8192;

    /// <summary>Standard deviation of the factor that each step's duration is multiplied with.</summary>
    public double Noise { get; init; }
}
