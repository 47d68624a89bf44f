using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Filters;

/// <summary>Keeps the candidates whose metric is below a threshold.</summary>
public sealed class LoadThresholdFilter<TInstance>(InstanceMetric<TInstance> metric, double threshold) : CandidateFilter<TInstance>
    where TInstance : Instance
{
    /// <inheritdoc/>
    public override string Name => $"{metric.Name} < {threshold.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics { get; } = [metric];

    /// <inheritdoc/>
    public override int Keep(Span<int> candidates, DecisionScope<TInstance> scope)
    {
        ReadOnlySpan<double> values = scope.Values(metric);
        int kept = 0;
        foreach (int slot in candidates)
        {
            candidates[kept] = slot;
            kept += values[slot] < threshold ? 1 : 0;
        }

        return kept;
    }
}
