using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Milliseconds until the instance's present prefills are computed: <see cref="LatencyPredictor.PrefillBacklogMs"/>.</summary>
/// <param name="Predictor">Predicts the time of the prefills.</param>
public sealed record PrefillBacklogTime(LatencyPredictor Predictor) : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "prefill_backlog_ms";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => Predictor.PrefillBacklogMs(instance);
}
