using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Leaves the choice to another selector while preferences are met, and to the <see cref="HoldRule"/> when nobody meets them.</summary>
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
    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        if (scope.ArePreferencesMet)
        {
            return whenMet.Select(candidates, scope);
        }

        Span<int> meeting = scope.Scratch[..candidates.Length];
        candidates.CopyTo(meeting);
        foreach (CandidateFilter<FullModeInstance> target in otherTargets)
        {
            meeting = meeting[..target.Keep(meeting, scope)];
        }

        return rule.Select(candidates, meeting, scope);
    }

    /// <inheritdoc/>
    public override void OnPlaced(FullModeInstance instance, in RequestFacts request) => whenMet.OnPlaced(instance, in request);
}
