using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The request's prefix hit tokens on the instance; higher is better.</summary>
public sealed record KvCacheHitLength : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "kv_cache_hit_len";

    /// <inheritdoc/>
    public override bool IsHigherBetter => true;

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) =>
        request.PrefixHits?.On(instance, request.PromptTokens) ?? 0;
}
