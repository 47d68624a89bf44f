using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a decode on an instance that only prefills and has a place for it, which is thereby converted: the one with the lowest predicted TTFT,
/// since it has the least work.
/// </summary>
internal sealed class ConvertPrefiller(AdaptivePdTargets targets, AdaptivePdMetrics metrics, DecodePlaces places) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. places.Metrics, metrics.Ttft];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        Span<int> prefilling = places.Find(targets.PackingLimitMs, candidates, scope);
        prefilling = SlotCompaction.Keep(prefilling, prefilling, new HasNoDecodes(scope.Values(metrics.Batch)));
        selection = Selection.At(Extremes.Lowest(prefilling, scope.Values(metrics.Ttft), scope.Random));
        return !selection.IsNone;
    }

    private readonly ref struct HasNoDecodes(ReadOnlySpan<double> batches) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _batches = batches;

        public bool Holds(int slot) => _batches[slot] <= 0;

        public uint HoldsFrom(int slot) => SlotBlock.Bits(Vector512.LessThanOrEqual(SlotBlock.Of(_batches, slot), Vector512<double>.Zero));
    }
}
