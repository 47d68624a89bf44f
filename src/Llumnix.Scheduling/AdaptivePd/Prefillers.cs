using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>Finds the prefillers: instances without decodes, since a prefill between decode steps delays all decodes of the instance.</summary>
internal sealed class Prefillers(AdaptivePdMetrics metrics)
{
    /// <summary>The metrics that the search needs.</summary>
    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft, metrics.Batch];

    /// <summary>
    /// The candidates without decodes that are not reserved for decodes. When there are none, the instance reserved for prefills; when that is not a
    /// candidate, all candidates.
    /// </summary>
    public Span<int> Find(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        RoleReserves reserves = scope.State<AdaptivePdState>().Reserves;
        Span<int> slots = scope.TakeSlots();
        Span<int> prefillers = SlotCompaction.Keep(candidates, slots, new IsPrefiller(scope.Values(metrics.Batch), reserves.Decode!.Slot));
        if (!prefillers.IsEmpty)
        {
            return prefillers;
        }

        // The reserved instance need not be a candidate: only some instances can hold a long prompt.
        int reserved = candidates.BinarySearch(reserves.Prefill!.Slot);
        ReadOnlySpan<int> left = reserved >= 0 ? candidates.Slice(reserved, 1) : candidates;
        left.CopyTo(slots);
        return slots[..left.Length];
    }

    /// <summary>The prefiller with the earliest first token; on a tie the one reserved for prefills. -1 when there are none.</summary>
    /// <param name="prefillers">Slots in ascending order.</param>
    /// <param name="scope">The decision.</param>
    public int Fastest(ReadOnlySpan<int> prefillers, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(metrics.Ttft);
        int best = Extremes.Lowest(prefillers, latencies, scope.Random);
        int reserved = scope.State<AdaptivePdState>().Reserves.Prefill!.Slot;
        return prefillers.BinarySearch(reserved) >= 0 && latencies[reserved] == latencies[best] ? reserved : best;
    }

    private readonly ref struct IsPrefiller(ReadOnlySpan<double> batches, int keptForDecodes) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _batches = batches;

        public bool Holds(int slot) => _batches[slot] <= 0 && slot != keptForDecodes;

        public uint HoldsFrom(int slot) => SlotBlock.Without(
            SlotBlock.Bits(Vector512.LessThanOrEqual(SlotBlock.Of(_batches, slot), Vector512<double>.Zero)), slot, keptForDecodes);
    }
}
