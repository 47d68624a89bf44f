using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// Prompt tokens to compute before the request's first token if it were placed here: its prefix miss on the instance +
/// <c>all_prefills_tokens_num</c>.
/// </summary>
/// <param name="AllPrefillsTokens">The metric of the tokens to compute without the request.</param>
public sealed record CacheAwareAllPrefillsTokens(InstanceMetric<FullModeInstance> AllPrefillsTokens) : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "cache_aware_all_prefills_tokens_num";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request)
    {
        int hit = request.PrefixHits?.On(instance, request.PromptTokens) ?? 0;
        return request.PromptTokens - hit + AllPrefillsTokens.Evaluate(instance, in request);
    }
}
