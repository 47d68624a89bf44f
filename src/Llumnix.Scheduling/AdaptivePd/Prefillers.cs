using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The instances that prefills go to: those without decode work, since a prefill between decode steps makes all decodes there late.</summary>
internal sealed class Prefillers(AdaptivePdMetrics metrics)
{
    /// <summary>The metrics that are read.</summary>
    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft, metrics.Batch];

    /// <summary>
    /// The candidates without decode work that are not reserved for decodes; when there are none, the one reserved for prefills; when that is no candidate,
    /// all.
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

        // Only some instances can hold a long prompt; the reserved one need not be among them.
        int reserved = candidates.BinarySearch(reserves.Prefill!.Slot);
        ReadOnlySpan<int> left = reserved >= 0 ? candidates.Slice(reserved, 1) : candidates;
        left.CopyTo(slots);
        return slots[..left.Length];
    }

    /// <summary>The one with the earliest first token; among equals the one kept for prefills. -1 when there are none.</summary>
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
    }
}
