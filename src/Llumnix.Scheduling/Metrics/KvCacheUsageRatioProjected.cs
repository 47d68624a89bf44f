using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// KV tokens in use once everything that waits or is in flight has got its place, as a share of the capacity: 0 to above 1.
/// Infinite when the capacity is not positive.
/// </summary>
public sealed record KvCacheUsageRatioProjected : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "kv_cache_usage_ratio_projected";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => InstanceSums.ProjectedKvUsage(instance);
}
