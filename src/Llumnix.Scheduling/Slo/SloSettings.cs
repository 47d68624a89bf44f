using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Slo;

/// <summary>The settings of the <c>slo</c> policy. Times in milliseconds.</summary>
/// <param name="Predictor">Predicts latencies.</param>
public sealed record SloSettings(LatencyPredictor Predictor)
{
    /// <summary>
    /// Limit of the predicted time to first token, below which an instance is eligible: <c>--ttft-slo</c> × <c>--ttft-slo-dispatch-threshold</c>.
    /// </summary>
    public double TtftLimitMs { get; init; } = 6000;

    /// <summary>
    /// Limit of the predicted time per output token, below which an instance is eligible: <c>--tpot-slo</c> × <c>--tpot-slo-dispatch-threshold</c>.
    /// </summary>
    public double TpotLimitMs { get; init; } = 50;

    /// <summary>
    /// With <see cref="AdaptivePdRules.Tuned"/>: limit that decodes must not exceed, whereas <see cref="TpotLimitMs"/> leaves their batch room to
    /// grow: <c>--tpot-slo</c> × <c>--tpot-migrate-out-ceil-threshold</c>.
    /// </summary>
    public double TpotCeilMs { get; init; } = 50;

    /// <summary>What happens when no instance is eligible: <c>--slo-overload</c>.</summary>
    public SloOverload Overload { get; init; } = SloOverload.Reject;

    /// <summary>How long a request is deferred with <see cref="SloOverload.Hold"/>: <c>--slo-hold-ms</c>.</summary>
    public double HoldLimitMs { get; init; } = 8000;

    /// <summary>KV headroom in tokens that a decode needs beyond its prompt, not negative: <c>--slo-expected-output-tokens</c>.</summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>The rules of adaptive prefill/decode: <c>--adaptive-pd-rules</c>.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;

    /// <summary>Whether every instance may take both roles: <c>--enable-adaptive-pd</c>.</summary>
    public bool IsAdaptivePd { get; init; }
}
