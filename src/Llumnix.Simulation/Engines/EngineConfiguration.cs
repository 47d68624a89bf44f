using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

/// <summary>The parameters of one modelled engine. The defaults are an H200 with Llama-3.1-8B FP8.</summary>
public sealed record EngineConfiguration
{
    /// <summary>The instance id that the status carries.</summary>
    public string InstanceId { get; init; } = "engine";

    /// <summary>What the instance is deployed to do. The model itself takes any request.</summary>
    public InferType InferType { get; init; } = InferType.Neutral;

    /// <summary>The instance's labels, <c>key=value</c> with commas between.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Largest number of tokens computed in one step, at least 1.</summary>
    public int MaxBatchedTokens { get; init; } = 8192;

    /// <summary>Largest number of running requests, at least 1.</summary>
    public int MaxRunningRequests { get; init; } = 256;

    /// <summary>Largest number of waiting requests, at least 1; more are refused.</summary>
    public int MaxWaitingRequests { get; init; } = 65_536;

    /// <summary>KV capacity in tokens, at least one block; rounded down to whole blocks.</summary>
    public int KvCapacityTokens { get; init; } = 945_029;

    /// <summary>KV block size in tokens, at least 1.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>Free KV blocks that admission leaves for each running request to grow into, at least 0.</summary>
    public int GrowthReserveBlocks { get; init; } = 2;

    /// <summary>Whether computed prompt blocks stay in the free KV space for later requests with the same prefix.</summary>
    public bool PrefixCacheEnabled { get; init; } = true;

    /// <summary>
    /// Tokens that one content id of a request stands for, a multiple of <see cref="BlockSize"/>; 0 = the block size.
    /// Traces with one id per 512 tokens set 512 here.
    /// </summary>
    public int TokensPerContentId { get; init; }

    /// <summary>Computing time of a step.</summary>
    public IStepLatencyModel Latency { get; init; } = PolynomialLatencyModel.H200Llama8B;

    /// <summary>Speed of a KV transfer in bytes per second, above 0. Transfers do not slow each other down.</summary>
    public double KvTransferBytesPerSecond { get; init; } = 10e9;

    /// <summary>KV bytes per token, at least 0.</summary>
    public int KvBytesPerToken { get; init; } = 131_072;

    /// <summary>Requests that may be migrated out at once, at least 0.</summary>
    public int MaxMigrationsOut { get; init; } = 1;

    /// <summary>Requests that may be migrated in at once, at least 0.</summary>
    public int MaxMigrationsIn { get; init; } = 1;

    /// <summary>How long a prefill-only request's KV waits to be pulled before it is dropped.</summary>
    public TimeSpan AwaitingPullTimeout { get; init; } = TimeSpan.FromSeconds(480);

    /// <summary>Number of steps with prefill, from the first one on, whose durations the status reports as profiling samples; 0 = none.</summary>
    public int ProfilingSteps { get; init; }

    /// <summary>Standard deviation of the factor (mean 1) that each step's duration is multiplied with; 0 = exact durations.</summary>
    public double Noise { get; init; }

    /// <summary>Seed of the noise.</summary>
    public int NoiseSeed { get; init; }

    /// <summary>Number of KV blocks.</summary>
    public int TotalBlocks => KvCapacityTokens / BlockSize;

    /// <summary>Tokens of one entry of the prefix cache.</summary>
    public int PrefixBlockSize => TokensPerContentId == 0 ? BlockSize : TokensPerContentId;

    /// <summary>Describes the first value that is out of its range; null when all are in range.</summary>
    public string? FindProblem() => this switch
    {
        { MaxBatchedTokens: < 1 } => "MaxBatchedTokens must be at least 1",
        { MaxRunningRequests: < 1 } => "MaxRunningRequests must be at least 1",
        { MaxWaitingRequests: < 1 } => "MaxWaitingRequests must be at least 1",
        { BlockSize: < 1 } => "BlockSize must be at least 1",
        { TotalBlocks: < 1 } => "KvCapacityTokens must be at least one block",
        { GrowthReserveBlocks: < 0 } => "GrowthReserveBlocks must not be negative",
        { TokensPerContentId: < 0 } => "TokensPerContentId must not be negative",
        _ when TokensPerContentId % BlockSize != 0 => "TokensPerContentId must be a multiple of BlockSize",
        _ when !(KvTransferBytesPerSecond > 0) => "KvTransferBytesPerSecond must be above 0",
        { KvBytesPerToken: < 0 } => "KvBytesPerToken must not be negative",
        { MaxMigrationsOut: < 0 } => "MaxMigrationsOut must not be negative",
        { MaxMigrationsIn: < 0 } => "MaxMigrationsIn must not be negative",
        { ProfilingSteps: < 0 } => "ProfilingSteps must not be negative",
        _ when !(Noise >= 0 && Noise <= 1) => "Noise must be between 0 and 1",
        _ => null,
    };
}
