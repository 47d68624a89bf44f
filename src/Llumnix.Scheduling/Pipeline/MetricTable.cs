using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

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
    private readonly MetricColumns<TInstance>?[] _columns;

    internal MetricTable(IReadOnlyList<InstanceMetric<TInstance>> metrics, int slots)
    {
        _metrics = [.. metrics.Distinct()];
        _values = [.. _metrics.Select(_ => new double[MetricColumns<TInstance>.LengthFor(slots)])];
        _columns = [.. _metrics.Select(metric => Vector256.IsHardwareAccelerated ? metric.MakeColumns(slots) : null)];
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

    /// <summary>Computes a column's values for a request.</summary>
    /// <param name="column">The column.</param>
    /// <param name="slots">The slots, ascending.</param>
    /// <param name="instances">The instances by slot.</param>
    /// <param name="request">The request.</param>
    internal void Fill(int column, ReadOnlySpan<int> slots, ReadOnlySpan<TInstance> instances, in RequestFacts request)
    {
        double[] values = _values[column];
        if (_columns[column] is { } columns && IsDense(slots))
        {
            columns.Fill(slots, instances, in request, values);
            return;
        }

        InstanceMetric<TInstance> metric = _metrics[column];
        foreach (int slot in slots)
        {
            values[slot] = metric.Evaluate(instances[slot], in request);
        }
    }

    /// <summary>Recomputes the load metrics of an instance, and what other metrics read of it.</summary>
    internal void Refresh(TInstance instance)
    {
        for (int column = 0; column < _metrics.Length; column++)
        {
            if (!_metrics[column].DependsOnRequest)
            {
                _values[column][instance.Slot] = _metrics[column].Evaluate(instance, default);
            }

            _columns[column]?.Refresh(instance);
        }
    }

    /// <summary>Whether the slots are so many of those between the first and the last that computing all of these takes less time.</summary>
    private static bool IsDense(ReadOnlySpan<int> slots) => slots.Length > 0 && 4 * slots.Length > slots[^1] - slots[0];
}
