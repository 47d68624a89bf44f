using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// With a confidence: places a prefill that is in time nowhere with that probability on the fastest prefiller where it still has at least even chances, instead of
/// giving it up. Giving it up gains something only where others need its time, so that the chances that are asked for grow with <see cref="PrefillPressure"/>
/// up to the confidence. Such a prefill sets no deadline for later ones.
/// </summary>
internal sealed class PrefillByChance(
    AdaptivePdTargets targets, AdaptivePdMetrics metrics, AdaptivePdTuning tuning, Prefillers prefillers, PrefillTiming timing) : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. prefillers.Metrics, .. timing.Metrics];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        double pressure = Math.Min(1, scope.State<AdaptivePdState>().Pressure.ShareAt(scope.Request.NowMs) / tuning.NoChancesFromPressure);
        Span<int> likely = prefillers.Find(candidates, scope);
        likely = SlotCompaction.Keep(likely, likely, new IsLikely(timing, targets.TtftLimitMs, 1 - pressure, scope.Values(metrics.Ttft), scope));
        selection = Selection.Late(prefillers.Fastest(likely, scope));
        return !selection.IsNone;
    }

    private readonly ref struct IsLikely(
        PrefillTiming timing, double limitMs, double calm, ReadOnlySpan<double> ttfts, DecisionScope<FullModeInstance> scope) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _ttfts = ttfts;

        public bool Holds(int slot)
        {
            double stretchedMs = limitMs * (1 + (calm * (scope.Instance(slot).LatencyFactors.TtftStretch - 1)));
            return timing.IsInTime(slot, _ttfts[slot], stretchedMs, scope) && timing.SparesOthers(slot, _ttfts[slot], stretchedMs, scope);
        }

        public uint HoldsFrom(int slot) => SlotBlock.TestEach(slot, this);
    }
}
