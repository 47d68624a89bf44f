using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Milliseconds of the decode part of the instance's steps now: <see cref="LatencyPredictor.DecodeStepMs"/>.</summary>
public sealed class DecodeStepTime(LatencyPredictor predictor) : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "decode_step_ms";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => predictor.DecodeStepMs(instance);
}
