using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Extensions;

/// <summary>Metrics and policies of one mode that are added to the built-in ones. Not thread-safe: it is filled before a scheduler is made.</summary>
/// <typeparam name="TInstance">The kind of instance of the mode.</typeparam>
public sealed class ExtensionSet<TInstance>
    where TInstance : Instance
{
    private readonly HashSet<string> _metricNames;
    private readonly HashSet<string> _policyNames;
    private readonly List<InstanceMetric<TInstance>> _metrics = [];
    private readonly List<PolicyBuilder<TInstance>> _policies = [];

    internal ExtensionSet(IEnumerable<string> builtInMetrics, IEnumerable<string> builtInPolicies)
    {
        _metricNames = new HashSet<string>(builtInMetrics, StringComparer.Ordinal);
        _policyNames = new HashSet<string>(builtInPolicies, StringComparer.Ordinal);
    }

    /// <summary>The added metrics.</summary>
    public IReadOnlyList<InstanceMetric<TInstance>> Metrics => _metrics;

    /// <summary>Builders of the added policies.</summary>
    public IReadOnlyList<PolicyBuilder<TInstance>> Policies => _policies;

    /// <summary>Adds a metric.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public ExtensionSet<TInstance> AddMetric<TMetric>()
        where TMetric : InstanceMetric<TInstance>, new() => AddMetric(new TMetric());

    /// <summary>Adds a metric that has parameters.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public ExtensionSet<TInstance> AddMetric(InstanceMetric<TInstance> metric)
    {
        TakeName("metric", metric.Name, _metricNames);
        _metrics.Add(metric);
        return this;
    }

    /// <summary>Adds a policy.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public ExtensionSet<TInstance> AddPolicy<TPolicy>()
        where TPolicy : PolicyBuilder<TInstance>, new() => AddPolicy(new TPolicy());

    /// <summary>Adds a policy whose builder has parameters.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public ExtensionSet<TInstance> AddPolicy(PolicyBuilder<TInstance> policy)
    {
        TakeName("policy", policy.Name, _policyNames);
        _policies.Add(policy);
        return this;
    }

    private static void TakeName(string what, string? name, HashSet<string> taken)
    {
        if (string.IsNullOrEmpty(name) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            throw new ArgumentException($"the {what} name '{name}' must be of letters, digits, '_', '-' and '.'", nameof(name));
        }

        if (!taken.Add(name))
        {
            throw new ArgumentException($"there is a {what} '{name}' already", nameof(name));
        }
    }
}
