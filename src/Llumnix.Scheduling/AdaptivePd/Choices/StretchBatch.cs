using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a decode in the batch with the lowest predicted TPOT among nearly idle instances, which is stretched beyond the packing limit for a while.
/// An instance without decodes is rarely among them: <see cref="PackDecode"/> has taken it, unless this decode alone exceeds the packing limit.
/// </summary>
/// <param name="targets">The limits.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="places">Finds the places for decodes.</param>
/// <param name="next">The row that decides when this one does not.</param>
internal sealed class StretchBatch(
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

        // The next row is evaluated for its random draws alone, although this row decides. Recorded decisions and the study depend on the sequence of
        // draws for a seed.
        _ = next.Find(candidates, scope);
        selection = Selection.At(Extremes.Lowest(nearlyIdle, scope.Values(metrics.Tpot), scope.Random));
        return true;
    }
}
