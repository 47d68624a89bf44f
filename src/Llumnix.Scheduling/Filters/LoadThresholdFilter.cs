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
    public override int Keep(Span<int> candidates, DecisionScope<TInstance> scope) =>
        SlotCompaction.Keep(candidates, candidates, new IsBelow(scope.Values(metric), threshold)).Length;
}
