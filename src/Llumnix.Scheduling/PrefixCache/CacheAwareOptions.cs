namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Cache-aware scheduling: prompts are looked up in the KV store, and instances that hold their prefix are preferred.</summary>
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

    /// <summary>How prompts are looked up.</summary>
    public PrefixLookupOptions Lookup { get; init; } = new();
}
