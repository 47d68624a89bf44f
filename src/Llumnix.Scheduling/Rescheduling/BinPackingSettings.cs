using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Rescheduling;

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

    /// <summary>
    /// With the tuned rules: an instance with less than this share of its KV cache left, its decodes grown, makes room for new decodes.
    /// </summary>
    public const double ShortOfRoomBelowShare = 0.05;

    /// <summary>
    /// With the tuned rules: an instance with this share of its KV cache left, its decodes grown, takes requests of others that make room or are emptied.
    /// </summary>
    public const double RoomyFromShare = 0.15;

    /// <summary>With the tuned rules a destination has room for the request and this many tokens more.</summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>Whether destinations are also chosen by what they have room for.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;
}
