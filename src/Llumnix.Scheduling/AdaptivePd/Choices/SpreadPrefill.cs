using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: places a prefill on the fastest prefiller.</summary>
internal sealed class SpreadPrefill(Prefillers prefillers) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = prefillers.Metrics;

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.Late(prefillers.Fastest(prefillers.Find(candidates, scope), scope));
        return true;
    }
}
