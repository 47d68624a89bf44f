using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: places a request that is not split on the instance with the longest queue, so that it makes the fewest others late.</summary>
internal sealed class TriageNeutral(AdaptivePdMetrics metrics) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.At(Extremes.Highest(candidates, scope.Values(metrics.Ttft), scope.Random));
        return true;
    }
}
