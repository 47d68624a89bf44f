namespace Llumnix.Scheduling.PrefixCache;

/// <summary>How prefix hits are estimated from the scheduler's own placements.</summary>
public sealed record PrefixHistoryOptions
{
    /// <summary>KV capacity of an instance that does not report it, in tokens.</summary>
    public const int AssumedKvTokens = 262_144;

    /// <summary>Tokens per chunk where prompts come as token ids, at least 1: <c>--cache-aware-history-chunk-tokens</c>.</summary>
    public int ChunkTokens { get; init; } = 256;

    /// <summary>
    /// Largest number of chunks that are remembered, each counted once per instance that holds it; at least 1: <c>--cache-aware-history-max-chunks</c>.
    /// Instances share it equally. A chunk takes about 60 bytes once it is used.
    /// </summary>
    public int MaxChunks { get; init; } = 1_048_576;
}
