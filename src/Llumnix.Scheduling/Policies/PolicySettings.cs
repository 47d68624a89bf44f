using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.Policies;

/// <summary>The settings of the built-in policies. The defaults are those of the configuration guide for full mode.</summary>
public sealed record PolicySettings
{
    /// <summary>Neutral requests.</summary>
    public RoleDispatch Neutral { get; init; } = new("all_prefills_tokens_num", 8192);

    /// <summary>Prefills.</summary>
    public RoleDispatch Prefill { get; init; } = new("all_prefills_tokens_num", 2048);

    /// <summary>Decodes.</summary>
    public RoleDispatch Decode { get; init; } = new("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>Picks uniformly one of this many best: <c>--dispatch-top-k</c>, at least 1.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>
    /// The metric that is compared first for neutral requests and prefills with cache-aware scheduling:
    /// <c>--dispatch-prefill-cache-locality-metric</c>. Null: the load alone decides, as for a request whose prefix hits are not known.
    /// </summary>
    public string? CacheLocalityMetric { get; init; }

    /// <summary>
    /// Instances whose <see cref="CacheLocalityMetric"/> is worse than the best by at most this much count as equal: the load decides among them,
    /// then that metric. In the metric's unit, tokens for the built-in ones; not negative: <c>--dispatch-cache-locality-tolerance</c>. With 0 a hit
    /// is worth exactly what it saves.
    /// </summary>
    public double CacheLocalityTolerance { get; init; }

    /// <summary>Latency targets of the <c>slo</c> policy; null where there are no profiling tables.</summary>
    public SloSettings? Slo { get; init; }
}
