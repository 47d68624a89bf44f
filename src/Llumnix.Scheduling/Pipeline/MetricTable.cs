using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// A column of values per metric, indexed by slot; metrics that are equal have one column. Load metrics are kept current; the others are filled per
/// decision.
/// </summary>
internal sealed class MetricTable<TInstance>
    where TInstance : Instance
{
    private readonly InstanceMetric<TInstance>[] _metrics;
    private readonly double[][] _values;

    internal MetricTable(IReadOnlyList<InstanceMetric<TInstance>> metrics, int slots)
    {
        _metrics = [.. metrics.Distinct()];
        _values = [.. _metrics.Select(_ => new double[slots])];
    }

    internal int Count => _metrics.Length;

    internal double[] Values(int column) => _values[column];

    /// <summary>The column of the metric, or of one that equals it. A metric that the policy did not name is a bug.</summary>
    internal int ColumnOf(InstanceMetric<TInstance> metric)
    {
        // Most metrics are the very objects that the policy named: comparing references first spares the comparison of their parameters.
        for (int column = 0; column < _metrics.Length; column++)
        {
            if (ReferenceEquals(_metrics[column], metric))
            {
                return column;
            }
        }

        int equal = Array.IndexOf(_metrics, metric);
        return equal >= 0
            ? equal
            : throw new InvalidOperationException($"Metric '{metric.Name}' is read but not listed in the Metrics of its filter or selector.");
    }

    /// <summary>Recomputes the load metrics of an instance.</summary>
    internal void Refresh(TInstance instance)
    {
        for (int column = 0; column < _metrics.Length; column++)
        {
            if (!_metrics[column].DependsOnRequest)
            {
                _values[column][instance.Slot] = _metrics[column].Evaluate(instance, default);
            }
        }
    }
}
