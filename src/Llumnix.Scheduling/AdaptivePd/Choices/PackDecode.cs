using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Packs a decode: onto the instance reserved for decodes if it has a place and no prefills ahead, else onto the fullest of the instances that have.
/// Packing leaves other instances free for prefills.
/// </summary>
internal sealed class PackDecode(AdaptivePdTargets targets, AdaptivePdMetrics metrics, DecodePlaces places) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. places.Metrics, metrics.Backlog];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        // Behind a long prefill a decode would stall right after its first token.
        Span<int> nearlyIdle = places.Find(targets.PackingLimitMs, candidates, scope);
        nearlyIdle = SlotCompaction.Keep(nearlyIdle, nearlyIdle, new IsBelow(scope.Values(metrics.Backlog), targets.NearlyIdleBelowMs));
        int reserved = scope.State<AdaptivePdState>().Reserves.Decode!.Slot;
        int slot = nearlyIdle.BinarySearch(reserved) >= 0
            ? reserved
            : Extremes.Highest(nearlyIdle, scope.Values(metrics.Tpot), scope.Random);
        selection = Selection.At(slot);
        return slot >= 0;
    }
}
