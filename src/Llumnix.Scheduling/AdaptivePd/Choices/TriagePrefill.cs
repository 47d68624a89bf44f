using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// In overload: places a prefill on the prefiller with the longest queue, so that it makes the fewest others late; among those, if any, on which it makes
/// none late that can be in time.
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
