using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>KV headroom: the tokens left after all waiting and in-flight requests have been allocated; negative when they do not fit.</summary>
public sealed record KvHeadroomTokens : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "kv_cache_tokens_left";

    /// <inheritdoc/>
    public override bool IsHigherBetter => true;

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) =>
        instance.Status.TotalGpuTokens - InstanceSums.ProjectedKvTokens(instance);
}
