using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Leaves the choice to another selector while preferences are met, and to the <see cref="HoldRule"/> when nobody meets them.</summary>
internal sealed class HoldSelector(CandidateSelector<FullModeInstance> whenMet, HoldRule rule, PredictedTtft ttft)
    : CandidateSelector<FullModeInstance>
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [.. whenMet.Metrics.Append(ttft).Distinct()];

    /// <inheritdoc/>
    public override int Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope) =>
        scope.ArePreferencesMet ? whenMet.Select(candidates, scope) : rule.Select(candidates, scope);

    /// <inheritdoc/>
    public override void OnPlaced(FullModeInstance instance, in RequestFacts request) => whenMet.OnPlaced(instance, in request);
}
