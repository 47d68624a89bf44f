using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Where a request that is not split goes with adaptive prefill/decode: where both targets are met, it has its place in the KV cache, and the first
/// token comes earliest; when nobody meets them, as <see cref="SloOverload"/> says.
/// </summary>
internal sealed class AdaptiveNeutralSelector(SloSettings slo, PredictedTtft ttft, PredictedTpot tpot) : CandidateSelector<FullModeInstance>
{
    private static readonly KvCacheTokensLeft KvLeft = new();
    private readonly HoldRule _hold = new(slo, ttft);

    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [ttft, tpot, KvLeft];

    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> ttfts = scope.Values(ttft);
        ReadOnlySpan<double> tpots = scope.Values(tpot);
        ReadOnlySpan<double> kvLeft = scope.Values(KvLeft);
        double needed = (double)scope.Request.PromptTokens + slo.ExpectedOutputTokens;
        Span<int> meeting = scope.Scratch;
        int decodable = 0;
        foreach (int slot in candidates)
        {
            meeting[decodable] = slot;
            decodable += tpots[slot] < slo.TpotLimitMs && kvLeft[slot] >= needed ? 1 : 0;
        }

        meeting = meeting[..decodable];
        int best = decodable > 0 ? Extremes.Lowest(meeting, ttfts, scope.Random) : -1;
        if (best >= 0 && ttfts[best] < slo.TtftLimitMs)
        {
            return best;
        }

        return slo.Overload switch
        {
            SloOverload.Reject => -1,
            SloOverload.Hold => _hold.Select(candidates, meeting, scope),
            SloOverload.Triage => Extremes.Highest(candidates, ttfts, scope.Random),
            _ => Extremes.Lowest(candidates, ttfts, scope.Random),
        };
    }

    public override void OnPlaced(FullModeInstance instance, in RequestFacts request)
    {
        instance.PrefillArrivals.Add(request.NowMs - request.HeldMs);
        SlackPrefills.OnPrefillPlaced(slo, instance, in request);
        instance.DecodeGain.Join(request.NowMs);
    }
}
