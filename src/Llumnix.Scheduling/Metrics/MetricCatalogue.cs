using System.Diagnostics.CodeAnalysis;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The metrics that a configuration may name. Immutable.</summary>
public sealed class MetricCatalogue<TInstance>
    where TInstance : Instance
{
    private readonly Dictionary<string, InstanceMetric<TInstance>> _byName;

    /// <summary>Makes a catalogue; of two metrics with one name the later wins.</summary>
    public MetricCatalogue(IEnumerable<InstanceMetric<TInstance>> metrics)
    {
        _byName = new Dictionary<string, InstanceMetric<TInstance>>(StringComparer.Ordinal);
        foreach (InstanceMetric<TInstance> metric in metrics)
        {
            _byName[metric.Name] = metric;
        }
    }

    /// <summary>The known names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds a metric by name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out InstanceMetric<TInstance>? metric) => _byName.TryGetValue(name, out metric);

    /// <summary>Gets a metric by name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists the known ones.</exception>
    public InstanceMetric<TInstance> Get(string name) => TryGet(name, out InstanceMetric<TInstance>? metric)
        ? metric
        : throw new ArgumentException($"unknown metric '{name}'; known: {string.Join(", ", Names)}", nameof(name));
}
