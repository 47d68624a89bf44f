using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Predicted time to first token of the request here, in milliseconds: <see cref="LatencyPredictor.TtftMs"/>.</summary>
public sealed class PredictedTtft(LatencyPredictor predictor) : InstanceMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "predicted_ttft";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance, in RequestFacts request) => predictor.TtftMs(instance, in request);
}
