using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// A number that says how loaded or how suitable an instance is. A pure function of the instance and the request: no side effects, never NaN.
/// Derive from <see cref="LoadMetric{TInstance}"/> when the value does not depend on the request: it is then cached, not computed per decision.
/// </summary>
/// <remarks>
/// A record, so that two metrics of the same type with the same parameters are equal and share one column of values. Each filter and selector can
/// therefore create the metrics that it reads. Parameters must be part of the record: positional, or fields.
/// </remarks>
public abstract record InstanceMetric<TInstance>
    where TInstance : Instance
{
    /// <summary>The name in configuration.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a higher value is better; most metrics are loads, where lower is.</summary>
    public virtual bool IsHigherBetter => false;

    /// <summary>Whether the value depends on the request, and so must be computed anew for each decision.</summary>
    public virtual bool DependsOnRequest => true;

    /// <summary>The value for an instance and a request.</summary>
    public abstract double Evaluate(TInstance instance, in RequestFacts request);

    /// <summary>The columns from which values of many instances are computed together; null where each is computed alone.</summary>
    /// <param name="slots">Number of slots.</param>
    internal virtual MetricColumns<TInstance>? MakeColumns(int slots) => null;
}
