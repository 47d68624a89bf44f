using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: places a request that is not split on the fastest instance.</summary>
internal sealed class SpreadNeutral(AdaptivePdMetrics metrics) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.At(Extremes.Lowest(candidates, scope.Values(metrics.Ttft), scope.Random));
        return true;
    }
}
