using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Milliseconds of the decode part of the instance's present steps: <see cref="LatencyPredictor.DecodeStepMs"/> × the margin.</summary>
/// <param name="Predictor">Predicts the step time.</param>
public sealed record DecodeStepTime(LatencyPredictor Predictor) : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "decode_step_ms";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => Predictor.DecodeStepMs(instance) * instance.LatencyFactors.TpotMargin;
}
