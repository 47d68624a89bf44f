using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>With the plain rules a prefill is in time below the limit, and the prefills that wait with it do not count.</summary>
internal sealed class PlainPrefillTiming(AdaptivePdTargets targets, AdaptivePdMetrics metrics) : PrefillTiming
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Ttft];

    /// <inheritdoc/>
    public override bool IsInTime(int slot, DecisionScope<FullModeInstance> scope) => scope.Values(metrics.Ttft)[slot] < targets.TtftLimitMs;

    /// <inheritdoc/>
    public override bool SparesOthers(int slot, DecisionScope<FullModeInstance> scope) => true;
}
