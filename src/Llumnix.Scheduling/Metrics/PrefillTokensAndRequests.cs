using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// <c>all_prefills_tokens_num</c> + 128 × <c>num_requests</c>: prompt tokens that have yet to be computed decide, and among instances with about as many, the number of
/// requests. So decodes count as well, those of other routers included.
/// </summary>
/// <remarks>Any weight from 64 to 256 does as well, by bench/results: below, decodes of others count too little; above, prompt tokens do.</remarks>
public sealed record PrefillTokensAndRequests : LoadMetric<FullModeInstance>
{
    private const double TokensPerRequest = 128;

    /// <inheritdoc/>
    public override string Name => "prefill_tokens_and_requests";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) =>
        FullModeMetrics.AllPrefillsTokens.Evaluate(instance) + (TokensPerRequest * FullModeMetrics.Requests.Evaluate(instance));
}
