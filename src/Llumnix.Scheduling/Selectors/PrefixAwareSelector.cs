using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Uses one selector for requests whose prefix hits are known, and another for the rest.</summary>
/// <param name="known">For requests with known prefix hits, even when there are none on any instance.</param>
/// <param name="unknown">For requests without known prefix hits.</param>
public sealed class PrefixAwareSelector<TInstance>(CandidateSelector<TInstance> known, CandidateSelector<TInstance> unknown)
    : CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [.. known.Metrics.Concat(unknown.Metrics).Distinct()];

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope) =>
        // Null is not the same as zero hits: with nothing known, the locality metric would rank by its own idea of the load instead of the configured one.
        (scope.Request.PrefixHits is null ? unknown : known).Select(candidates, scope);
}
