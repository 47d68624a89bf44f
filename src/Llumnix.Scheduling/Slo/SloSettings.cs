using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Slo;

/// <summary>What the <c>slo</c> policy is made from. Times in milliseconds.</summary>
/// <param name="Predictor">Predicts latencies.</param>
public sealed record SloSettings(LatencyPredictor Predictor)
{
    /// <summary>An instance is eligible below this predicted time to first token: <c>--ttft-slo</c> × <c>--ttft-slo-dispatch-threshold</c>.</summary>
    public double TtftLimitMs { get; init; } = 6000;

    /// <summary>An instance is eligible below this predicted time per output token: <c>--tpot-slo</c> × <c>--tpot-slo-dispatch-threshold</c>.</summary>
    public double TpotLimitMs { get; init; } = 50;

    /// <summary>
    /// With <see cref="AdaptivePdRules.Tuned"/>: what decodes must not exceed, while <see cref="TpotLimitMs"/> leaves them room for their batch to
    /// grow: <c>--tpot-slo</c> × <c>--tpot-migrate-out-ceil-threshold</c>.
    /// </summary>
    public double TpotCeilMs { get; init; } = 50;

    /// <summary>What happens when nobody is eligible: <c>--slo-overload</c>.</summary>
    public SloOverload Overload { get; init; } = SloOverload.Reject;

    /// <summary>How long a request is held back with <see cref="SloOverload.Hold"/>: <c>--slo-hold-ms</c>.</summary>
    public double HoldLimitMs { get; init; } = 8000;

    /// <summary>
    /// A decode needs room in the KV cache for its prompt and this many tokens more, not negative: <c>--slo-expected-output-tokens</c>.
    /// </summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>How closely adaptive prefill/decode looks: <c>--adaptive-pd-rules</c>.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;

    /// <summary>Whether every instance may take both roles: <c>--enable-adaptive-pd</c>.</summary>
    public bool IsAdaptivePd { get; init; }
}
