using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Policies;

/// <summary>The <c>slo</c> policy with adaptive prefill/decode: roles are per request, and every instance may take both.</summary>
internal static class AdaptivePdPolicy
{
    internal static SchedulingPolicy<FullModeInstance> Build(SloSettings slo)
    {
        var reserves = new RoleReserves<FullModeInstance>(FullModeMetrics.AllPrefillsTokens, FullModeMetrics.DecodeBatchSize);
        var ttft = new PredictedTtft(slo.Predictor);
        var tpot = new PredictedTpot(slo.Predictor);
        return new SchedulingPolicy<FullModeInstance>(
            SloPolicy.Name,
            new RolePolicy<FullModeInstance>([], [], new AdaptiveNeutralSelector(slo, ttft, tpot)),
            new RolePolicy<FullModeInstance>([], [], new AdaptivePrefillSelector(slo, reserves, ttft)),
            new RolePolicy<FullModeInstance>([], [], new AdaptiveDecodeSelector(slo, reserves, ttft, tpot)))
        {
            IgnoresInferTypes = true,
            Reserves = reserves,
        };
    }
}
