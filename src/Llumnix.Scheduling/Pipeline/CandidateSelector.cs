using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Picks one of the candidates.</summary>
public abstract class CandidateSelector<TInstance>
    where TInstance : Instance
{
    /// <summary>The metrics that the selector reads.</summary>
    public virtual IReadOnlyList<InstanceMetric<TInstance>> Metrics => [];

    /// <summary>Returns the slot of the pick; -1 when none is good enough. Has no side effects but the use of randomness.</summary>
    /// <param name="candidates">Slots in ascending order, at least one.</param>
    /// <param name="scope">What the decision knows.</param>
    public abstract int Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope);

    /// <summary>The pick was placed. Selectors that depend on earlier placements remember it here.</summary>
    public virtual void OnPlaced(TInstance instance, in RequestFacts request)
    {
    }
}
