using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Slo;

/// <summary>The <c>slo</c> policy: the fastest of the instances on which the request is predicted to meet its targets.</summary>
internal static class SloPolicy
{
    internal const string Name = "slo";

    internal static SchedulingPolicy<FullModeInstance> Build(SloOptions slo, LatencyPredictor predictor)
    {
        var ttft = new PredictedTtft(predictor);
        var tpot = new PredictedTpot(predictor);
        var isTtftMet = new LoadThresholdFilter<FullModeInstance>(ttft, slo.TtftLimitMs);
        var isTpotMet = new LoadThresholdFilter<FullModeInstance>(tpot, slo.TpotLimitMs);
        var fits = new KvCacheFitFilter(slo.ExpectedOutputTokens);
        return new SchedulingPolicy<FullModeInstance>(
            Name,
            Role([isTtftMet, isTpotMet, fits], ttft, slo.Overload),
            Role([isTtftMet], ttft, slo.Overload),
            Role([isTpotMet, fits], tpot, slo.Overload == SloOverload.Hold ? SloOverload.Triage : slo.Overload));

        RolePolicy<FullModeInstance> Role(
            IReadOnlyList<CandidateFilter<FullModeInstance>> targets, InstanceMetric<FullModeInstance> latency, SloOverload overload)
        {
            var fastest = new TopKSelector<FullModeInstance>([latency], k: 1);
            return overload switch
            {
                SloOverload.Reject => new RolePolicy<FullModeInstance>(targets, [], fastest),
                SloOverload.Spread => new RolePolicy<FullModeInstance>([], targets, fastest),
                SloOverload.Hold => new RolePolicy<FullModeInstance>([], targets, new DeferralSelector(
                    fastest, new DeferralRule(slo, predictor, ttft), ttft, [.. targets.Where(target => target != isTtftMet)])),
                _ => new RolePolicy<FullModeInstance>([], targets, new TriageSelector<FullModeInstance>(fastest, latency)),
            };
        }
    }
}
