using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>Policies by name.</summary>
/// <param name="metrics">The metrics that policies may refer to.</param>
/// <param name="builders">The builder of each policy.</param>
public abstract class PolicyCatalogue<TInstance>(
    MetricCatalogue<TInstance> metrics,
    IReadOnlyDictionary<string, Func<MetricCatalogue<TInstance>, PolicyOptions, SchedulingPolicy<TInstance>>> builders)
    where TInstance : Instance
{
    /// <summary>Builds a policy. Each call makes a policy with its own state.</summary>
    /// <exception cref="ArgumentException">The policy or one of its metrics is unknown; the message lists the known ones.</exception>
    public SchedulingPolicy<TInstance> Build(string name, PolicyOptions options) =>
        builders.TryGetValue(name, out Func<MetricCatalogue<TInstance>, PolicyOptions, SchedulingPolicy<TInstance>>? build)
            ? build(metrics, options)
            : throw new ArgumentException($"unknown policy '{name}'; known: {string.Join(", ", builders.Keys.Order())}", nameof(name));
}
