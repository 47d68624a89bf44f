namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Cache-aware scheduling: instances that hold a prompt's prefix, by the KV store or by the scheduler's own placements, are preferred.</summary>
public sealed record CacheAwareOptions
{
    /// <summary>Whether prefix hits steer placements: <c>--enable-cache-aware-scheduling</c>.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>
    /// The metric that goes first for neutral requests and prefills: <c>--dispatch-prefill-cache-locality-metric</c>. The load decides for a request
    /// whose prefix hits are not known.
    /// </summary>
    public string LocalityMetric { get; init; } = "cache_aware_all_prefills_tokens_num";

    /// <summary>
    /// Instances whose <see cref="LocalityMetric"/> is worse than the best by at most this much count as equally good: the load decides among
    /// them, then that metric. In the metric's unit, tokens for the built-in ones; not negative: <c>--dispatch-cache-locality-tolerance</c>.
    /// With 0 a hit is worth exactly what it saves.
    /// </summary>
    public double LocalityTolerance { get; init; }

    /// <summary>What tells the prefix hits: <c>--cache-aware-source</c>.</summary>
    public CacheAwareSource Source { get; init; }

    /// <summary>How prompts are looked up in the KV store. Its shortest prompt is also the shortest one that the history steers.</summary>
    public PrefixLookupOptions Lookup { get; init; } = new();

    /// <summary>How prefix hits are estimated from placements.</summary>
    public PrefixHistoryOptions History { get; init; } = new();

    /// <summary>Whether the KV store is asked for prefix hits.</summary>
    public bool AsksStore => IsEnabled && Source == CacheAwareSource.Store;

    /// <summary>Whether prefix hits are estimated from placements.</summary>
    public bool UsesHistory => IsEnabled && Source == CacheAwareSource.History;
}
