using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a request that is not split goes with adaptive prefill/decode: where both targets are met and the first token comes earliest; when
/// nobody meets them, as <see cref="SloOverload"/> says.
/// </summary>
internal sealed class AdaptiveNeutralSelector(SloSettings slo, PredictedTtft ttft, PredictedTpot tpot) : CandidateSelector<FullModeInstance>
{
    private readonly HoldRule _hold = new(slo, ttft);

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [ttft, tpot];

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> ttfts = scope.Values(ttft);
        ReadOnlySpan<double> tpots = scope.Values(tpot);
        int kept = 0;
        foreach (int slot in candidates)
        {
            scope.Scratch[kept] = slot;
            kept += ttfts[slot] < slo.TtftLimitMs && tpots[slot] < slo.TpotLimitMs ? 1 : 0;
        }

        return kept > 0 ? Extremes.Lowest(scope.Scratch[..kept], ttfts, scope.Random)
            : slo.Overload == SloOverload.Reject ? -1
            : slo.Overload == SloOverload.Hold ? _hold.Select(candidates, scope)
            : slo.Overload == SloOverload.Triage ? Extremes.Highest(candidates, ttfts, scope.Random)
            : Extremes.Lowest(candidates, ttfts, scope.Random);
    }
}
