namespace Llumnix.Adapters.EngineSignals;

/// <summary>The series that are read, under whatever name an engine has for them.</summary>
internal enum EngineMetric
{
    Running,
    Waiting,
    WaitingByReason,
    KvUsage,
    OldKvUsage,
    UsedTokens,
    TotalTokens,
    PrefixHits,
    OldPrefixHits,
    PrefixQueries,
    OldPrefixQueries,
    PromptTokens,
    GenerationTokens,
    Steps,
    Preemptions,
    RequestPromptSum,
    RequestPromptCount,
    CacheConfig,
    Blocks,
    BlockSize,
    Lora,
    SleepState,
    PrefillPrealloc,
    DecodePrealloc,
    DecodeTransfer,
    Count,
}
