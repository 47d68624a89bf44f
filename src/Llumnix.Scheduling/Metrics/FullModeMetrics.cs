using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The built-in metrics of full mode.</summary>
public static class FullModeMetrics
{
    /// <summary>See <see cref="Metrics.KvCacheUsageRatioProjected"/>.</summary>
    public static KvCacheUsageRatioProjected KvCacheUsageRatioProjected { get; } = new();

    /// <summary>See <see cref="Metrics.DecodeBatchSize"/>.</summary>
    public static DecodeBatchSize DecodeBatchSize { get; } = new();

    /// <summary>See <see cref="Metrics.AllPrefillsTokens"/>.</summary>
    public static AllPrefillsTokens AllPrefillsTokens { get; } = new();

    /// <summary>See <see cref="Metrics.AllDecodesTokens"/>.</summary>
    public static AllDecodesTokens AllDecodesTokens { get; } = new();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<InstanceMetric<FullModeInstance>> All { get; } =
    [
        KvCacheUsageRatioProjected,
        DecodeBatchSize,
        AllPrefillsTokens,
        AllDecodesTokens,
        new WaitingRequests(),
        new FullModeRequests(),
        new KvCacheHitLength(),
        new CacheAwareAllPrefillsTokens(AllPrefillsTokens),
    ];
}
