using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Predicted time per output token of the request if it were placed here, in milliseconds: <see cref="LatencyPredictor.TpotMs"/> × the margin.</summary>
/// <param name="Predictor">Predicts the latency.</param>
public sealed record PredictedTpot(LatencyPredictor Predictor) : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "predicted_tpot";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) =>
        Predictor.TpotMs(instance, in request) * instance.LatencyFactors.TpotMargin;

    /// <inheritdoc/>
    internal override MetricColumns<FullModeInstance> MakeColumns(int slots) => new PredictedTpotColumns(this, slots);
}
