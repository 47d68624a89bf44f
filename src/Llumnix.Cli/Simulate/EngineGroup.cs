using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Simulate;

/// <summary>Equal engines.</summary>
internal sealed record EngineGroup
{
    /// <summary>How many, at least 1.</summary>
    public int Count { get; init; } = 8;

    /// <summary>What they are deployed to do; contestants may split a fleet differently.</summary>
    public InferType InferType { get; init; } = InferType.Neutral;

    /// <summary>
    /// JSON table of prefill times; null with the other: an H200 with Llama-3.1-8B FP8. See <see cref="Scenario.SchedulerProfileGroup"/> for what
    /// the scheduler is given.
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
