using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// KV tokens in use after all waiting and in-flight requests have been allocated, as a share of the capacity: 0 to above 1. Infinite when the
/// capacity is not positive.
/// </summary>
public sealed record KvCacheUsageRatioProjected : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "kv_cache_usage_ratio_projected";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => InstanceSums.ProjectedKvUsage(instance);
}
