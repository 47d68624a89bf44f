using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>What a prefill's time on an instance means for it and for the prefills that wait there.</summary>
internal abstract class PrefillTiming
{
    /// <summary>The metrics that are read.</summary>
    public abstract IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; }

    /// <summary>Whether the request is in time there.</summary>
    public abstract bool IsInTime(int slot, DecisionScope<FullModeInstance> scope);

    /// <summary>Whether the prefills that wait there and can be in time still are when the request joins them.</summary>
    public abstract bool SparesOthers(int slot, DecisionScope<FullModeInstance> scope);

    /// <summary>Those of the instances on which the request is in time and makes no other late.</summary>
    /// <param name="prefillers">The instances; the memory is used for the result.</param>
    /// <param name="scope">The decision.</param>
    public Span<int> KeepInTime(Span<int> prefillers, DecisionScope<FullModeInstance> scope) =>
        SlotCompaction.Keep(prefillers, prefillers, new IsInTimeAndSparesOthers(this, scope));

    /// <summary>Those of the instances on which the request makes no other late.</summary>
    /// <inheritdoc cref="KeepInTime"/>
    public Span<int> KeepSparing(Span<int> prefillers, DecisionScope<FullModeInstance> scope) =>
        SlotCompaction.Keep(prefillers, prefillers, new Spares(this, scope));

    private readonly struct IsInTimeAndSparesOthers(PrefillTiming timing, DecisionScope<FullModeInstance> scope) : ISlotPredicate
    {
        public bool Holds(int slot) => timing.IsInTime(slot, scope) && timing.SparesOthers(slot, scope);
    }

    private readonly struct Spares(PrefillTiming timing, DecisionScope<FullModeInstance> scope) : ISlotPredicate
    {
        public bool Holds(int slot) => timing.SparesOthers(slot, scope);
    }
}
