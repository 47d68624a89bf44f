using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>One row of an order of choices (<see cref="Selectors.ChoiceTable{TInstance}"/>): it decides, or leaves the decision to the next row.</summary>
public abstract class Choice<TInstance>
    where TInstance : Instance
{
    /// <summary>The metrics that the row reads.</summary>
    public virtual IReadOnlyList<InstanceMetric<TInstance>> Metrics => [];

    /// <summary>Decides, or leaves the decision to the next row. Has no side effects except on the random generator.</summary>
    /// <param name="candidates">Slots in ascending order, at least one.</param>
    /// <param name="scope">The decision's inputs.</param>
    /// <param name="selection">The decision; <see cref="Selection.None"/> refuses or defers the request, and no later row is asked.</param>
    /// <returns>Whether this row decides; when it does not, <paramref name="selection"/> has no meaning.</returns>
    public abstract bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope, out Selection selection);
}
