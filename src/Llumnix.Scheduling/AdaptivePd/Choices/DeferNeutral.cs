using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// In overload: defers a request that is not split for up to the hold time, unless it begins at once on an instance with a place for its decode.
/// </summary>
internal sealed class DeferNeutral(AdaptivePdTargets targets, DeferralRule hold, AdaptivePdMetrics metrics, DecodePlaces places) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft, .. places.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = default;
        if (hold.IsOver(in scope.Request))
        {
            return false;
        }

        selection = Selection.At(hold.FindImmediate(places.FindForBothRoles(targets.PackingLimitMs, candidates, scope), scope));
        return true;
    }
}
