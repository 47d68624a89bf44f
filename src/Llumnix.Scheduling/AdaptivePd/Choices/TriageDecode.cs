using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: places a decode, among the instances with decodes, or all when none has any, on the one with the highest predicted TPOT. Decodes there are the
/// likeliest to be late already.</summary>
internal sealed class TriageDecode(AdaptivePdMetrics metrics) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Tpot, metrics.Batch];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.Late(Extremes.Highest(Decoders.Find(candidates, metrics, scope), scope.Values(metrics.Tpot), scope.Random));
        return true;
    }
}
