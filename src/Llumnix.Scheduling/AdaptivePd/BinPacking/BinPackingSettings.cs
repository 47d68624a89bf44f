using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>The settings of the two bin packing policies. Times in milliseconds.</summary>
/// <param name="Predictor">Predicts step times.</param>
public sealed record BinPackingSettings(LatencyPredictor Predictor)
{
    /// <summary>
    /// An instance with a decode step of this time or more is relieved: <c>--tpot-slo</c> × <c>--tpot-migrate-out-ceil-threshold</c>.
    /// </summary>
    public double CeilMs { get; init; } = 47.5;

    /// <summary>An instance with a shorter decode step is emptied: <c>--tpot-slo</c> × <c>--tpot-migrate-out-floor-threshold</c>.</summary>
    public double FloorMs { get; init; } = 30;

    /// <summary>A destination has a shorter decode step: <c>--tpot-slo</c> × <c>--tpot-slo-dispatch-threshold</c>.</summary>
    public double DestinationMs { get; init; } = 42.5;

    /// <summary>With the tuned rules: KV headroom in tokens that a destination needs beyond the request.</summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>Whether KV headroom counts (tuned rules) or step times alone (plain rules).</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;
}
