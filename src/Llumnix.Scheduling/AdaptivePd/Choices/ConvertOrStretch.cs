using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a decode on a nearly idle instance with the lowest predicted TPOT: on one that only prefills, which is thereby converted, or else in a
/// batch that is stretched beyond the packing limit for a while.
/// </summary>
/// <param name="targets">The limits.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="places">Finds the places for decodes.</param>
/// <param name="next">The row that decides when this one does not.</param>
internal sealed class ConvertOrStretch(
    AdaptivePdTargets targets, AdaptivePdMetrics metrics, DecodePlaces places, WaitForPrefills next) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. places.Metrics, metrics.Backlog];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        Span<int> nearlyIdle = places.Find(targets.StretchLimitMs, candidates, scope);
        nearlyIdle = SlotCompaction.Keep(nearlyIdle, nearlyIdle, new IsBelow(scope.Values(metrics.Backlog), targets.NearlyIdleBelowMs));
        if (nearlyIdle.IsEmpty)
        {
            selection = Selection.None;
            return false;
        }

        // Breaks the ties of the next row although it is not reached: the random draws must stay the same for a seed to reproduce its decisions.
        _ = next.Find(candidates, scope);
        selection = Selection.At(Extremes.Lowest(nearlyIdle, scope.Values(metrics.Tpot), scope.Random));
        return true;
    }
}
