using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>KV tokens that are left once everything that waits or is in flight has got its place; negative when it does not fit.</summary>
public sealed record KvCacheTokensLeft : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "kv_cache_tokens_left";

    /// <inheritdoc/>
    public override bool IsHigherBetter => true;

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) =>
        instance.Status.TotalGpuTokens - InstanceSums.ProjectedKvTokens(instance);
}
