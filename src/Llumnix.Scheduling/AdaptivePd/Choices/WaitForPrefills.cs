using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a decode, among the instances with a place for it, on the one whose present prefills end first; instances with decodes are preferred.
/// </summary>
internal sealed class WaitForPrefills(AdaptivePdTargets targets, AdaptivePdMetrics metrics, DecodePlaces places) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. places.Metrics, metrics.Backlog];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.At(Find(candidates, scope));
        return !selection.IsNone;
    }

    /// <summary>The slot with the shortest wait; -1 when no instance has a place for the decode.</summary>
    internal int Find(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        // A decode converts an instance without decodes. With one conversion per decode no prefillers would soon be left, so a further conversion
        // must save more than it costs.
        Span<int> slots = places.Find(targets.PackingLimitMs, candidates, scope);
        var wait = new Wait(scope.Values(metrics.Backlog), scope.Values(metrics.Batch), targets.ConversionSavesMs);
        return Extremes.Lowest(slots, wait, scope.Random);
    }

    private readonly ref struct Wait(ReadOnlySpan<double> backlogs, ReadOnlySpan<double> batches, double conversionSavesMs) : ISlotScore
    {
        private readonly ReadOnlySpan<double> _backlogs = backlogs;
        private readonly ReadOnlySpan<double> _batches = batches;

        public double Of(int slot) => _backlogs[slot] + (_batches[slot] > 0 ? 0 : conversionSavesMs);

        public bool AreAllAbove(int slot, double bound)
        {
            Vector512<double> savesMs = Vector512.AndNot(
                Vector512.Create(conversionSavesMs), Vector512.GreaterThan(SlotBlock.Of(_batches, slot), Vector512<double>.Zero));
            return Vector512.GreaterThanAll(SlotBlock.Of(_backlogs, slot) + savesMs, Vector512.Create(bound));
        }
    }
}
