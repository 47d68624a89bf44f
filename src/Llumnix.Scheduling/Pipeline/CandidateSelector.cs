using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Picks one of the candidates. State that depends on earlier placements is kept in the policy's <see cref="PolicyState{TInstance}"/>.</summary>
public abstract class CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <summary>The metrics that the selector reads.</summary>
    public virtual IReadOnlyList<InstanceMetric<TInstance>> Metrics => [];

    /// <summary>Returns the pick; none when no candidate is good enough. Has no side effects except on the random generator.</summary>
    /// <param name="candidates">Slots in ascending order, at least one.</param>
    /// <param name="scope">The decision's inputs.</param>
    public abstract Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope);
}
