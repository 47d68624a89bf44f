using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Delegates to another selector while the targets can be met. When no candidate meets them, picks the candidate with the highest latency: a request
/// that is late anyway makes the fewest others late where requests are late already.
/// </summary>
public sealed class TriageSelector<TInstance>(CandidateSelector<TInstance> whenMet, InstanceMetric<TInstance> latency)
    : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. whenMet.Metrics.Append(latency).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope) => scope.ArePreferencesMet
        ? whenMet.Select(candidates, scope)
        : Selection.Late(Extremes.Highest(candidates, scope.Values(latency), scope.Random));
}
