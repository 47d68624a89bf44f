using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>A metric that depends on the instance alone. Recomputed when the instance's load changes, not per decision.</summary>
public abstract record LoadMetric<TInstance> : InstanceMetric<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public sealed override bool DependsOnRequest => false;

    /// <summary>The value for an instance.</summary>
    public abstract double Evaluate(TInstance instance);

    /// <inheritdoc/>
    public sealed override double Evaluate(TInstance instance, in RequestFacts request) => Evaluate(instance);
}
