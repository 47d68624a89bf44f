using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The limits of adaptive prefill/decode. Times in milliseconds.</summary>
internal sealed record AdaptivePdTargets
{
    private AdaptivePdTargets(LatencyPredictor predictor) => Predictor = predictor;

    /// <summary>Predicts latencies.</summary>
    public LatencyPredictor Predictor { get; }

    /// <summary>A request is in time below this predicted time to first token.</summary>
    public double TtftLimitMs { get; private init; }

    /// <summary>Limit of the predicted time per output token when packing decodes.</summary>
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

    /// <summary>Computes the limits from settings and constants.</summary>
    public static AdaptivePdTargets Of(SloSettings slo, AdaptivePdTuning tuning) => new(slo.Predictor)
    {
        TtftLimitMs = slo.TtftLimitMs,
        PackingLimitMs = slo.TpotLimitMs,
        StretchLimitMs = Math.Max(slo.TpotLimitMs, slo.TpotCeilMs),
        NearlyIdleBelowMs = tuning.NearlyIdleBelowSteps * slo.TpotLimitMs,
        ConversionSavesMs = tuning.ConversionSavesSteps * slo.TpotLimitMs,
        PacedStepMs = slo.TpotLimitMs,
        ExpectedOutputTokens = slo.ExpectedOutputTokens,
    };
}
