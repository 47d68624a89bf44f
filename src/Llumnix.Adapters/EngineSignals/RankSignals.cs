namespace Llumnix.Adapters.EngineSignals;

/// <summary>What one read of an engine says of one data-parallel rank. Null means unknown, never 0. Counts are not negative.</summary>
public readonly record struct RankSignals
{
    /// <summary>The data-parallel rank, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>Requests in execution, on SGLang with those whose KV is being transferred in.</summary>
    public long? Running { get; init; }

    /// <summary>Requests that wait, for whatever reason.</summary>
    public long? Waiting { get; init; }

    /// <summary>The part of <see cref="Waiting"/> that waits for space. Newer vLLM only.</summary>
    public long? WaitingForCapacity { get; init; }

    /// <summary>KV tokens in use by requests; vLLM: <see cref="KvUsage"/> of <see cref="TotalKvTokens"/>.</summary>
    public long? UsedKvTokens { get; init; }

    /// <summary>KV capacity in tokens, above 0.</summary>
    public long? TotalKvTokens { get; init; }

    /// <summary>Share of the KV capacity in use, 0 to 1.</summary>
    public double? KvUsage { get; init; }

    /// <summary>Prompt tokens found in the prefix cache since the engine's start.</summary>
    public long? PrefixCacheHitTokens { get; init; }

    /// <summary>Prompt tokens looked up in the prefix cache since the engine's start.</summary>
    public long? PrefixCacheQueryTokens { get; init; }

    /// <summary>Prompt tokens since the engine's start.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Generated tokens since the engine's start.</summary>
    public long? GenerationTokens { get; init; }

    /// <summary>Steps since the engine's start.</summary>
    public long? Steps { get; init; }

    /// <summary>Preemptions (SGLang: retractions) since the engine's start.</summary>
    public long? Preemptions { get; init; }

    /// <summary>Sum of the prompt lengths of ended requests, in tokens.</summary>
    public double? RequestPromptTokensSum { get; init; }

    /// <summary>Number of requests in <see cref="RequestPromptTokensSum"/>.</summary>
    public long? RequestPromptTokensCount { get; init; }

    /// <summary>Whether the engine is awake (vLLM's sleep mode).</summary>
    public bool? IsAwake { get; init; }

    /// <summary>The model's name in the series.</summary>
    public string? ModelName { get; init; }

    /// <summary>LoRA adapters of running requests, with commas between; may be empty.</summary>
    public string? RunningLoraAdapters { get; init; }

    /// <summary>LoRA adapters of waiting requests, with commas between; may be empty.</summary>
    public string? WaitingLoraAdapters { get; init; }

    /// <summary>Whether the load can be told: running and waiting are both known.</summary>
    public bool TellsLoad => Running is not null && Waiting is not null;
}
