using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>Finds the instances with decodes: in overload a decode goes to one of these, so that no other is converted.</summary>
internal static class Decoders
{
    /// <summary>The candidates with decodes; when there are none, all.</summary>
    public static ReadOnlySpan<int> Find(ReadOnlySpan<int> candidates, AdaptivePdMetrics metrics, DecisionScope<FullModeInstance> scope)
    {
        Span<int> decoders = SlotCompaction.Keep(candidates, scope.TakeSlots(), new HasDecodes(scope.Values(metrics.Batch)));
        return decoders.IsEmpty ? candidates : decoders;
    }

    private readonly ref struct HasDecodes(ReadOnlySpan<double> batches) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _batches = batches;

        public bool Holds(int slot) => _batches[slot] > 0;

        public uint HoldsFrom(int slot) => SlotBlock.Bits(Vector512.GreaterThan(SlotBlock.Of(_batches, slot), Vector512<double>.Zero));
    }
}
