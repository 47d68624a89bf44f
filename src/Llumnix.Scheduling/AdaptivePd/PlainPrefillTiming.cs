using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The plain rules: a prefill is in time when its TTFT is below the limit; the effect on other prefills does not count.</summary>
internal sealed class PlainPrefillTiming(AdaptivePdTargets targets, AdaptivePdMetrics metrics) : PrefillTiming(targets.TtftLimitMs, metrics)
{
    /// <inheritdoc/>
    public override bool IsInTime(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope) => ttftMs < limitMs;

    /// <inheritdoc/>
    public override bool SparesOthers(int slot, double ttftMs, double limitMs, DecisionScope<FullModeInstance> scope) => true;
}
