namespace Llumnix.Scheduling.PrefixCache;

/// <summary>What tells which instances hold a prompt's prefix.</summary>
public enum CacheAwareSource : byte
{
    /// <summary>The metadata service of the KV store that the engines share.</summary>
    Store,

    /// <summary>The scheduler's own placements: <see cref="PrefixHistoryOptions"/>.</summary>
    History,
}
