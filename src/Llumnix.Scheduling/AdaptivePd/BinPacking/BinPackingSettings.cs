using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>What the two bin packing policies are made from. Times in milliseconds.</summary>
/// <param name="Predictor">Predicts step times.</param>
public sealed record BinPackingSettings(LatencyPredictor Predictor)
{
    /// <summary>An instance whose decode step takes this long or longer is relieved: <c>--tpot-slo</c> × <c>--tpot-migrate-out-ceil-threshold</c>.</summary>
    public double CeilMs { get; init; } = 47.5;

    /// <summary>An instance whose decode step is shorter is emptied: <c>--tpot-slo</c> × <c>--tpot-migrate-out-floor-threshold</c>.</summary>
    public double FloorMs { get; init; } = 30;

    /// <summary>Destinations have a shorter decode step: <c>--tpot-slo</c> × <c>--tpot-slo-dispatch-threshold</c>.</summary>
    public double DestinationMs { get; init; } = 42.5;

    /// <summary>With the tuned rules a destination has room for the request and this many tokens more.</summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>Whether what instances have room for counts, too.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;
}
