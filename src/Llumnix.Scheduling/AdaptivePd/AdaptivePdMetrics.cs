using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The metrics that the choices of adaptive prefill/decode read.</summary>
internal sealed class AdaptivePdMetrics(LatencyPredictor predictor)
{
    /// <summary>Predicted time to first token of the request.</summary>
    public PredictedTtft Ttft { get; } = new(predictor);

    /// <summary>Predicted time per output token of the request.</summary>
    public PredictedTpot Tpot { get; } = new(predictor);

    /// <summary>Decode step time of the present batch.</summary>
    public DecodeStepTime Step { get; } = new(predictor);

    /// <summary>Time of the present prefills.</summary>
    public PrefillBacklogTime Backlog { get; } = new(predictor);

    /// <summary>Requests that decode.</summary>
    public DecodeBatchSize Batch { get; } = FullModeMetrics.DecodeBatchSize;

    /// <summary>KV headroom in tokens.</summary>
    public KvHeadroomTokens KvLeft { get; } = new();
}
