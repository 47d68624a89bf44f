using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Slo;

/// <summary>
/// Leaves the choice to another selector while preferences are met. When no candidate meets them, the request is deferred as long as the
/// <see cref="HoldRule"/> says, and then goes to the candidate with the highest latency, as with <see cref="TriageSelector{TInstance}"/>.
/// </summary>
/// <param name="whenMet">The other selector.</param>
/// <param name="rule">The rule.</param>
/// <param name="ttft">The metric that the rule looks at.</param>
/// <param name="otherTargets">Filters of the targets other than that of the first token.</param>
internal sealed class HoldSelector(
    CandidateSelector<FullModeInstance> whenMet,
    HoldRule rule,
    PredictedTtft ttft,
    IReadOnlyList<CandidateFilter<FullModeInstance>> otherTargets) : CandidateSelector<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. whenMet.Metrics.Append(ttft).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        if (scope.ArePreferencesMet)
        {
            return whenMet.Select(candidates, scope);
        }

        if (rule.IsOver(in scope.Request))
        {
            return Selection.Late(Extremes.Highest(candidates, scope.Values(ttft), scope.Random));
        }

        Span<int> meeting = scope.TakeSlots()[..candidates.Length];
        candidates.CopyTo(meeting);
        foreach (CandidateFilter<FullModeInstance> target in otherTargets)
        {
            meeting = meeting[..target.Keep(meeting, scope)];
        }

        return Selection.Late(rule.FindImmediate(meeting, scope));
    }
}
