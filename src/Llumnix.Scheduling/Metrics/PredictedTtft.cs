using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>
/// Predicted time from the first question about the request to its first token if it were placed here, in milliseconds: the time for which it was
/// deferred + <see cref="LatencyPredictor.TtftMs"/>, with the margin of <see cref="Calibration.LatencyFactors.TtftMargin"/> where targets hold with a
/// given probability.
/// </summary>
/// <param name="Predictor">Predicts the latency.</param>
public sealed record PredictedTtft(LatencyPredictor Predictor) : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "predicted_ttft";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) =>
        request.DeferredMs + (Predictor.TtftMs(instance, in request) * instance.LatencyFactors.TtftMargin);

    /// <inheritdoc/>
    internal override MetricColumns<FullModeInstance> MakeColumns(int slots) => new PredictedTtftColumns(this, slots);
}
