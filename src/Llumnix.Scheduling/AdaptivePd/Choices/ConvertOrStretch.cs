using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a decode without prefills ahead, as far below its target as can be: a nearly idle instance that only prefills is converted, and where there is
/// none, a batch is stretched beyond the packing limit for a while.
/// </summary>
/// <param name="targets">The limits.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="places">Where decodes have a place.</param>
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

        // The ties of the next row are broken first, though it is not reached: the draws are part of what a seed reproduces.
        _ = next.Find(candidates, scope);
        selection = Selection.At(Extremes.Lowest(nearlyIdle, scope.Values(metrics.Tpot), scope.Random));
        return true;
    }
}
