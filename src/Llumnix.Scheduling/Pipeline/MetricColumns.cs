using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// What a metric that depends on the request reads of the instances, in columns by slot that are kept current. So its values for many instances are computed
/// together, from memory that is read in order. Guarded by the scheduler's lock.
/// </summary>
internal abstract class MetricColumns<TInstance>
    where TInstance : Instance
{
    /// <summary>Number of slots that are computed at a time. Columns are as long as a multiple of it.</summary>
    public const int Lanes = 4;

    /// <summary>The length of a column for a number of slots.</summary>
    public static int LengthFor(int slots) => (slots + Lanes - 1) / Lanes * Lanes;

    /// <summary>Takes over what an instance's columns depend on.</summary>
    public abstract void Refresh(TInstance instance);

    /// <summary>
    /// Computes the metric's values for some slots: bit for bit those of <see cref="InstanceMetric{TInstance}.Evaluate"/>. The values of slots in between have no
    /// meaning afterwards.
    /// </summary>
    /// <param name="slots">The slots, ascending, at least one.</param>
    /// <param name="instances">The instances by slot.</param>
    /// <param name="request">The request.</param>
    /// <param name="values">A column.</param>
    public abstract void Fill(ReadOnlySpan<int> slots, ReadOnlySpan<TInstance> instances, in RequestFacts request, Span<double> values);

    /// <summary>Computes the metric's values for some groups of <see cref="Lanes"/> slots one by one.</summary>
    private protected static void FillAlone(
        InstanceMetric<TInstance> metric, int group, int end, ReadOnlySpan<TInstance> instances, in RequestFacts request, Span<double> values)
    {
        for (int slot = group * Lanes; slot < Math.Min(end * Lanes, instances.Length); slot++)
        {
            values[slot] = metric.Evaluate(instances[slot], in request);
        }
    }
}
