using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>Places a prefill on the fastest prefiller on which it is in time and makes no other late.</summary>
internal sealed class PrefillInTime(Prefillers prefillers, PrefillTiming timing) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. prefillers.Metrics, .. timing.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.At(prefillers.Fastest(timing.KeepInTime(prefillers.Find(candidates, scope), scope), scope));
        return !selection.IsNone;
    }
}
