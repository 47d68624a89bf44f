using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Selects in one way when it is known which instances hold the prompt's prefix, and in another when nothing is known.</summary>
/// <param name="known">For requests with prefix hits, be they zero.</param>
/// <param name="unknown">For requests without.</param>
public sealed class PrefixAwareSelector<TInstance>(CandidateSelector<TInstance> known, CandidateSelector<TInstance> unknown)
    : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. known.Metrics.Concat(unknown.Metrics).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope) =>
        (scope.Request.PrefixHits is null ? unknown : known).Select(candidates, scope);
}
