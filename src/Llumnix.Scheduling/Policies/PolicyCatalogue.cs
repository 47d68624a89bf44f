using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>Policies by name.</summary>
public abstract class PolicyCatalogue<TInstance>
    where TInstance : Instance
{
    private readonly MetricCatalogue<TInstance> _metrics;
    private readonly Dictionary<string, Func<MetricCatalogue<TInstance>, PolicyOptions, SchedulingPolicy<TInstance>>> _builders;

    /// <param name="metrics">The metrics that policies may refer to.</param>
    /// <param name="builders">The builder of each policy.</param>
    /// <param name="added">Policies in addition to those, with other names; null for none.</param>
    private protected PolicyCatalogue(
        MetricCatalogue<TInstance> metrics,
        IReadOnlyDictionary<string, Func<MetricCatalogue<TInstance>, PolicyOptions, SchedulingPolicy<TInstance>>> builders,
        IReadOnlyCollection<PolicyBuilder<TInstance>>? added)
    {
        _metrics = metrics;
        _builders = new(builders, StringComparer.Ordinal);
        foreach (PolicyBuilder<TInstance> builder in added ?? [])
        {
            _builders.Add(builder.Name, builder.Build);
        }
    }

    /// <summary>Builds a policy. Each call makes a policy with its own state.</summary>
    /// <exception cref="ArgumentException">The policy or one of its metrics is unknown; the message lists the known ones.</exception>
    public SchedulingPolicy<TInstance> Build(string name, PolicyOptions options) =>
        _builders.TryGetValue(name, out Func<MetricCatalogue<TInstance>, PolicyOptions, SchedulingPolicy<TInstance>>? build)
            ? build(_metrics, options)
            : throw new ArgumentException($"unknown policy '{name}'; known: {string.Join(", ", _builders.Keys.Order())}", nameof(name));
}
