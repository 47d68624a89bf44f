using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Predicted time per output token of the request here, in milliseconds: <see cref="LatencyPredictor.TpotMs"/>.</summary>
public sealed class PredictedTpot(LatencyPredictor predictor) : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "predicted_tpot";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) => predictor.TpotMs(instance, in request);
}
