using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The <c>slo</c> policy with adaptive prefill/decode: every instance may take prefills and decodes.</summary>
internal static class AdaptivePdPolicy
{
    internal static SchedulingPolicy<FullModeInstance> Build(SloSettings slo)
    {
        var choices = new AdaptivePdChoices(slo, AdaptivePdTuning.Default);
        return new SchedulingPolicy<FullModeInstance>(
            SloPolicy.Name,
            Role(choices.Neutral()),
            Role(choices.Prefill()),
            Role(choices.Decode()))
        {
            IgnoresInferTypes = true,
            State = new AdaptivePdState(AdaptivePdTargets.Of(slo, AdaptivePdTuning.Default), AdaptivePdTuning.Default),
        };
    }

    private static RolePolicy<FullModeInstance> Role(Choice<FullModeInstance>[] rows) => new([], [], new ChoiceTable<FullModeInstance>(rows));
}
