using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Drops candidates. Has no side effects; processes all candidates at once, so that a decision costs one call per filter.</summary>
public abstract class CandidateFilter<TInstance>
    where TInstance : Instance
{
    /// <summary>The name in explanations.</summary>
    public abstract string Name { get; }

    /// <summary>The metrics that the filter reads.</summary>
    public virtual IReadOnlyList<InstanceMetric<TInstance>> Metrics => [];

    /// <summary>Moves the slots of the candidates that stay to the front, in their order.</summary>
    /// <returns>The number of candidates that stay.</returns>
    public abstract int Keep(Span<int> candidates, DecisionScope<TInstance> scope);
}
