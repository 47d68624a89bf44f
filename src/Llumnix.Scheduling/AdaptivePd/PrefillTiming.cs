using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>Judges whether a prefill on an instance is in time, and whether it makes waiting prefills late.</summary>
/// <param name="ttftLimitMs">Prefills are in time below it: <see cref="AdaptivePdTargets.TtftLimitMs"/>.</param>
/// <param name="metrics">The metrics.</param>
internal abstract class PrefillTiming(double ttftLimitMs, AdaptivePdMetrics metrics)
{
    private readonly PredictedTtft _ttft = metrics.Ttft;

    /// <summary>The metrics that the judgement needs.</summary>
    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft];

    /// <summary>Whether the request would be in time on an instance.</summary>
    /// <param name="slot">The instance.</param>
    /// <param name="ttftMs">The predicted time to first token there.</param>
    /// <param name="limitMs">Prefills are in time below it: <see cref="AdaptivePdTargets.TtftLimitMs"/>, or a limit in its place.</param>
    /// <param name="scope">The decision.</param>
    public abstract bool IsInTime(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope);

    /// <summary>Whether all prefills that wait on an instance and can be in time remain so when the request joins them.</summary>
    /// <param name="slot">The instance.</param>
    /// <param name="ttftMs">The predicted time to first token there.</param>
    /// <param name="limitMs">Prefills are in time below it: <see cref="AdaptivePdTargets.TtftLimitMs"/>, or a limit in its place.</param>
    /// <param name="scope">The decision.</param>
    public abstract bool SparesOthers(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope);

    /// <summary>Keeps the instances on which the request is in time and makes no other late.</summary>
    /// <param name="prefillers">The instances; the span's memory is reused for the result.</param>
    /// <param name="scope">The decision.</param>
    public Span<int> KeepInTime(Span<int> prefillers, DecisionScope<FullModeInstance> scope) =>
        SlotCompaction.Keep(prefillers, prefillers, new IsInTimeAndSparesOthers(this, ttftLimitMs, scope.Values(_ttft), scope));

    /// <summary>Keeps the instances on which the request makes no other late.</summary>
    /// <inheritdoc cref="KeepInTime"/>
    public Span<int> KeepSparing(Span<int> prefillers, DecisionScope<FullModeInstance> scope) =>
        SlotCompaction.Keep(prefillers, prefillers, new Spares(this, ttftLimitMs, scope.Values(_ttft), scope));

    private readonly ref struct IsInTimeAndSparesOthers(
        PrefillTiming timing, double limitMs, ReadOnlySpan<double> ttfts, DecisionScope<FullModeInstance> scope) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _ttfts = ttfts;

        public bool Holds(int slot) => timing.IsInTime(slot, _ttfts[slot], limitMs, scope) && timing.SparesOthers(slot, _ttfts[slot], limitMs, scope);

        public uint HoldsFrom(int slot) => SlotBlock.TestEach(slot, this);
    }

    private readonly ref struct Spares(
        PrefillTiming timing, double limitMs, ReadOnlySpan<double> ttfts, DecisionScope<FullModeInstance> scope) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _ttfts = ttfts;

        public bool Holds(int slot) => timing.SparesOthers(slot, _ttfts[slot], limitMs, scope);

        public uint HoldsFrom(int slot) => SlotBlock.TestEach(slot, this);
    }
}
