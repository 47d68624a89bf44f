using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>The tuned rules: KV headroom of instances after the growth of their present decodes.</summary>
internal sealed class KvHeadroom(AdaptivePdTargets targets, AdaptivePdTuning tuning)
{
    private static readonly KvHeadroomTokens KvLeft = new();
    private readonly PredictedTpot _tpot = new(targets.Predictor);

    /// <summary>Whether a request of the source's mean length fits into the destination's KV headroom and its step stays below the limit.</summary>
    public bool Fits(Stepping destination, Stepping source)
    {
        // Only the source knows the length of the request that will migrate; the mean stands for it.
        double tokens = FullModeMetrics.AllDecodesTokens.Evaluate(source.Instance)
            / Math.Max(1, FullModeMetrics.DecodeBatchSize.Evaluate(source.Instance));
        return TokensOf(destination) >= tokens + targets.ExpectedOutputTokens
            && _tpot.Evaluate(destination.Instance, new RequestFacts((int)Math.Min(int.MaxValue, tokens))) < targets.PackingLimitMs;
    }

    /// <summary>Whether an instance has ample headroom, so that a request that moves there does not leave it short.</summary>
    public bool HasAmpleHeadroom(Stepping candidate) => ShareOf(candidate) >= tuning.AmpleHeadroomFromShare;

    /// <summary>Whether an instance with decodes has so little headroom that it should make some.</summary>
    public bool IsShort(Stepping candidate) => candidate.IsDecoding && ShareOf(candidate) < tuning.LowHeadroomBelowShare;

    /// <summary>Its headroom as a share of the KV cache; NaN, which is neither ample nor short, when the capacity is unknown.</summary>
    public double ShareOf(Stepping candidate) => candidate.Instance.Status.TotalGpuTokens > 0
        ? TokensOf(candidate) / candidate.Instance.Status.TotalGpuTokens
        : double.NaN;

    private double TokensOf(Stepping candidate) => KvLeft.Evaluate(candidate.Instance)
        - (tuning.PlannedGrowthFactor * tuning.GrowthTokensPerDecode * FullModeMetrics.DecodeBatchSize.Evaluate(candidate.Instance));
}
