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
    public override double Evaluate(FullModeInstance instance)
    {
        int total = instance.Status.TotalGpuTokens;
        return total > 0 ? (double)Tokens(instance) / total : double.PositiveInfinity;
    }

    /// <summary>The tokens themselves.</summary>
    internal static long Tokens(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.UsedGpuTokens
            + instance.UncomputedWaitingPrefillTokens
            + s.UnallocatedTokensSchedulerRunningPrefills
            + s.UnallocatedTokensHybridSchedulerWaitingDecodes
            + instance.Dispatched.DecodeTokens;
    }
}
