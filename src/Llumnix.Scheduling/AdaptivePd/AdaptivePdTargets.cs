using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The limits of adaptive prefill/decode, one meaning each. Times in milliseconds.</summary>
internal sealed record AdaptivePdTargets
{
    private AdaptivePdTargets(LatencyPredictor predictor) => Predictor = predictor;

    /// <summary>Predicts latencies.</summary>
    public LatencyPredictor Predictor { get; }

    /// <summary>A request is in time below this predicted time to first token.</summary>
    public double TtftLimitMs { get; private init; }

    /// <summary>Decodes are packed below this predicted time per output token.</summary>
    public double PackingLimitMs { get; private init; }

    /// <summary>A batch that is stretched stays below this predicted time per output token; not below <see cref="PackingLimitMs"/>.</summary>
    public double StretchLimitMs { get; private init; }

    /// <summary>An instance whose prefills take less is nearly idle: a decode that comes there has no prefills ahead.</summary>
    public double NearlyIdleBelowMs { get; private init; }

    /// <summary>Waiting on an instance without decodes must be shorter by this much than on one with, which is converted already.</summary>
    public double ConversionSavesMs { get; private init; }

    /// <summary>The step time that decodes are measured by: in shorter steps they get ahead, and a prefill between two steps sets them back.</summary>
    public double PacedStepMs { get; private init; }

    /// <summary>A decode needs room in the KV cache for its prompt and this many tokens more, not negative.</summary>
    public int ExpectedOutputTokens { get; private init; }

    /// <summary>The limits that settings and constants make.</summary>
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
