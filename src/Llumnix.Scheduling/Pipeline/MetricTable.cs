using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// The values of a policy's metrics: one column per metric, indexed by slot; equal metrics share a column. Load metrics are kept current; other columns
/// are filled per decision.
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

    /// <summary>The column of a metric or of one equal to it.</summary>
    /// <exception cref="InvalidOperationException">The metric is not listed by its filter or selector.</exception>
    internal int ColumnOf(InstanceMetric<TInstance> metric)
    {
        // Most metrics are the same objects as in the policy: comparing references first saves comparing their parameters.
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
