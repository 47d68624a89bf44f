using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// <see cref="AllPrefillsTokens"/> less the predicted progress of the engine since its last status; never below 0. Replaces that metric with
/// predictor-enhanced scheduling.
/// </summary>
public sealed record ProgressingPrefillsTokens : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => FullModeMetrics.AllPrefillsTokens.Name;

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) =>
        Math.Max(0, FullModeMetrics.AllPrefillsTokens.Evaluate(instance) - instance.PredictComputedTokens(request.NowMs));
}
