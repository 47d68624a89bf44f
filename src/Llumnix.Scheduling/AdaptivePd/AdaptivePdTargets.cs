using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The limits of adaptive prefill/decode and of its bin packing, and the latency predictor. Times in milliseconds.</summary>
public sealed record AdaptivePdTargets
{
    private AdaptivePdTargets(LatencyPredictor predictor) => Predictor = predictor;

    /// <summary>Predicts latencies.</summary>
    public LatencyPredictor Predictor { get; }

    /// <summary>A request is in time below this predicted time to first token.</summary>
    public double TtftLimitMs { get; private init; }

    /// <summary>Limit of the predicted time per output token when packing decodes, and of the decode step at a destination of bin packing.</summary>
    public double PackingLimitMs { get; private init; }

    /// <summary>Limit of the predicted time per output token when a batch is stretched; not below <see cref="PackingLimitMs"/>.</summary>
    public double StretchLimitMs { get; private init; }

    /// <summary>An instance with a smaller prefill backlog is nearly idle: it counts as one without prefills ahead of a decode.</summary>
    public double NearlyIdleBelowMs { get; private init; }

    /// <summary>How much shorter a decode's wait must be on an instance without decodes, which it would convert, than on one with decodes.</summary>
    public double ConversionSavesMs { get; private init; }

    /// <summary>
    /// The step time that decodes are paced by: with shorter steps their slack budget grows, and a prefill between two steps uses it up.
    /// </summary>
    public double PacedStepMs { get; private init; }

    /// <summary>KV headroom in tokens that a decode needs beyond its prompt, not negative.</summary>
    public int ExpectedOutputTokens { get; private init; }

    /// <summary>Bin packing relieves an instance whose decode step takes this long or longer.</summary>
    public double RelieveFromMs { get; private init; }

    /// <summary>Bin packing empties an instance whose decode step is shorter.</summary>
    public double EmptyBelowMs { get; private init; }

    /// <summary>The rules of placing and moving requests.</summary>
    public AdaptivePdRules Rules { get; private init; }

    /// <summary>Computes the limits from options and the default constants.</summary>
    /// <param name="slo">The latency targets.</param>
    /// <param name="options">The options of adaptive prefill/decode.</param>
    /// <param name="predictor">Predicts latencies.</param>
    public static AdaptivePdTargets Of(SloOptions slo, AdaptivePdOptions options, LatencyPredictor predictor) =>
        Of(slo, options, predictor, AdaptivePdTuning.Default);

    /// <summary>Computes the limits from options and constants.</summary>
    internal static AdaptivePdTargets Of(SloOptions slo, AdaptivePdOptions options, LatencyPredictor predictor, AdaptivePdTuning tuning)
    {
        double tpotMs = slo.Tpot.TotalMilliseconds;
        double relieveFromMs = tpotMs * options.MigrateOutCeilThreshold;
        double packingMs = (slo.Confidence is null ? 1 : tuning.PackingShareWithConfidence) * slo.TpotLimitMs;
        return new AdaptivePdTargets(predictor)
        {
            TtftLimitMs = slo.TtftLimitMs,
            PackingLimitMs = packingMs,
            StretchLimitMs = Math.Max(packingMs, relieveFromMs),
            NearlyIdleBelowMs = tuning.NearlyIdleBelowSteps * packingMs,
            ConversionSavesMs = tuning.ConversionSavesSteps * packingMs,
            PacedStepMs = packingMs,
            ExpectedOutputTokens = slo.ExpectedOutputTokens,
            RelieveFromMs = relieveFromMs,
            EmptyBelowMs = tpotMs * options.MigrateOutFloorThreshold,
            Rules = options.Rules,
        };
    }
}
