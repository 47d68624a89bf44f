using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The <c>slo</c> policy with adaptive prefill/decode: every instance may take prefills and decodes.</summary>
internal static class AdaptivePdPolicy
{
    internal static SchedulingPolicy<FullModeInstance> Build(SloOptions slo, AdaptivePdOptions options, LatencyPredictor predictor)
    {
        AdaptivePdTuning tuning = AdaptivePdTuning.Default;
        AdaptivePdTargets targets = AdaptivePdTargets.Of(slo, options, predictor, tuning);
        var choices = new AdaptivePdChoices(slo, targets, tuning);
        return new SchedulingPolicy<FullModeInstance>(
            SloPolicy.Name,
            Role(choices.Neutral()),
            Role(choices.Prefill()),
            Role(choices.Decode()))
        {
            IgnoresInferTypes = true,
            State = new AdaptivePdState(targets, tuning),
        };
    }

    private static RolePolicy<FullModeInstance> Role(Choice<FullModeInstance>[] rows) => new([], [], new ChoiceTable<FullModeInstance>(rows));
}
