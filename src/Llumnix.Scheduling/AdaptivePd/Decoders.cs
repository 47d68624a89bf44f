using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The instances that decode: a decode in overload is to convert no others.</summary>
internal static class Decoders
{
    /// <summary>The candidates with decode work; when there are none, all.</summary>
    public static ReadOnlySpan<int> Find(ReadOnlySpan<int> candidates, AdaptivePdMetrics metrics, DecisionScope<FullModeInstance> scope)
    {
        Span<int> decoders = SlotCompaction.Keep(candidates, scope.TakeSlots(), new HasDecodes(scope.Values(metrics.Batch)));
        return decoders.IsEmpty ? candidates : decoders;
    }

    private readonly ref struct HasDecodes(ReadOnlySpan<double> batches) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _batches = batches;

        public bool Holds(int slot) => _batches[slot] > 0;
    }
}
