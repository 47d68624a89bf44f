using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Slo;

/// <summary>
/// Delegates to another selector while the targets can be met. When no candidate meets them, the request is deferred according to the
/// <see cref="DeferralRule"/>; after that it goes to the candidate with the highest latency, as with <see cref="TriageSelector{TInstance}"/>.
/// </summary>
/// <param name="whenMet">The selector while the targets can be met.</param>
/// <param name="rule">The rule.</param>
/// <param name="ttft">The TTFT metric that the rule uses.</param>
/// <param name="otherTargets">Filters of the targets except TTFT.</param>
internal sealed class DeferralSelector(
    CandidateSelector<FullModeInstance> whenMet,
    DeferralRule rule,
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

        // A deferred request may begin at once only where it meets its other targets, such as TPOT.
        Span<int> meeting = scope.TakeSlots()[..candidates.Length];
        candidates.CopyTo(meeting);
        foreach (CandidateFilter<FullModeInstance> target in otherTargets)
        {
            meeting = meeting[..target.Keep(meeting, scope)];
        }

        return Selection.Late(rule.FindImmediate(meeting, scope));
    }
}
