using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a prefill on the fastest prefiller whose queue is so short that the first token comes early, and on which it makes no other prefill late.
/// As long as there is one, decodes are not disturbed.
/// </summary>
internal sealed class PrefillAtIdlePrefiller(
    AdaptivePdTargets targets, AdaptivePdMetrics metrics, AdaptivePdTuning tuning, Prefillers prefillers, PrefillTiming timing) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. prefillers.Metrics, .. timing.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        Span<int> early = prefillers.Find(candidates, scope);
        early = SlotCompaction.Keep(early, early, new IsBelow(scope.Values(metrics.Ttft), tuning.SlackFromShare * targets.TtftLimitMs));
        selection = Selection.At(prefillers.Fastest(timing.KeepInTime(early, scope), scope));
        return !selection.IsNone;
    }
}
