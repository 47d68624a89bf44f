using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// In overload: places a prefill on the prefiller with the longest queue, where it makes the fewest others late. Prefillers on which it makes no
/// prefill late that can be in time are preferred.
/// </summary>
internal sealed class TriagePrefill(AdaptivePdMetrics metrics, Prefillers prefillers, PrefillTiming timing) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. prefillers.Metrics, .. timing.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        Span<int> sparing = timing.KeepSparing(prefillers.Find(candidates, scope), scope);
        selection = Selection.Late(Extremes.Highest(
            sparing.IsEmpty ? prefillers.Find(candidates, scope) : sparing, scope.Values(metrics.Ttft), scope.Random));
        return true;
    }
}
