using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>Places a decode where there is a place for it and the prefills ahead end first, and rather where others decode already.</summary>
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

    /// <summary>The slot where the wait is shortest; -1 when no instance has a place for the decode.</summary>
    internal int Find(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        // Every decode on an instance without decodes converts it. One conversion per decode would soon leave no instance to prefill, so another
        // conversion must be worth its while.
        Span<int> slots = places.Find(targets.PackingLimitMs, candidates, scope);
        var wait = new Wait(scope.Values(metrics.Backlog), scope.Values(metrics.Batch), targets.ConversionSavesMs);
        return Extremes.Lowest(slots, wait, scope.Random);
    }

    private readonly ref struct Wait(ReadOnlySpan<double> backlogs, ReadOnlySpan<double> batches, double conversionSavesMs) : ISlotScore
    {
        private readonly ReadOnlySpan<double> _backlogs = backlogs;
        private readonly ReadOnlySpan<double> _batches = batches;

        public double Of(int slot) => _backlogs[slot] + (_batches[slot] > 0 ? 0 : conversionSavesMs);
    }
}
