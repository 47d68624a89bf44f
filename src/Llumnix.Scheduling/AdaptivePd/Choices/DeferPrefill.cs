using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: defers a prefill for up to the hold time, unless it begins at once on a prefiller.</summary>
internal sealed class DeferPrefill(DeferralRule hold, Prefillers prefillers) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = prefillers.Metrics;

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = default;
        if (hold.IsOver(in scope.Request))
        {
            return false;
        }

        selection = Selection.Late(hold.FindImmediate(prefillers.Find(candidates, scope), scope));
        return true;
    }
}
