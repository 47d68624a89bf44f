using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Picks one of the candidates. What depends on earlier placements is in the policy's <see cref="PolicyState{TInstance}"/>.</summary>
public abstract class CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <summary>The metrics that the selector reads.</summary>
    public virtual IReadOnlyList<InstanceMetric<TInstance>> Metrics => [];

    /// <summary>Returns the pick; none when no candidate is good enough. Has no side effects but the use of randomness.</summary>
    /// <param name="candidates">Slots in ascending order, at least one.</param>
    /// <param name="scope">What the decision knows.</param>
    public abstract Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope);
}
