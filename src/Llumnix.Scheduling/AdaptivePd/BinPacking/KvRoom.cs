using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>With the tuned rules: what instances have room for in their KV caches, once the decodes that are there have grown.</summary>
internal sealed class KvRoom(BinPackingSettings settings, AdaptivePdTuning tuning)
{
    private static readonly KvCacheTokensLeft KvLeft = new();

    /// <summary>Whether a request of the source's mean length fits into the destination's KV cache and step.</summary>
    public bool Fits(Stepping destination, Stepping source)
    {
        // How long the request is that leaves, only the source knows.
        double tokens = FullModeMetrics.AllDecodesTokens.Evaluate(source.Instance)
            / Math.Max(1, FullModeMetrics.DecodeBatchSize.Evaluate(source.Instance));
        return TokensOf(destination) >= tokens + settings.ExpectedOutputTokens
            && settings.Predictor.TpotMs(destination.Instance, new RequestFacts((int)Math.Min(int.MaxValue, tokens))) < settings.DestinationMs;
    }

    /// <summary>Whether an instance has so much room that it is not the next one to be short of it when a request moves there.</summary>
    public bool IsRoomy(Stepping candidate) => ShareOf(candidate) >= tuning.RoomyFromShare;

    /// <summary>Whether an instance with decodes has so little room that it should make some.</summary>
    public bool IsShort(Stepping candidate) => candidate.IsDecoding && ShareOf(candidate) < tuning.ShortOfRoomBelowShare;

    /// <summary>Its room as a share of the KV cache; NaN, which is neither much nor little, where its size is not known.</summary>
    public double ShareOf(Stepping candidate) => candidate.Instance.Status.TotalGpuTokens > 0
        ? TokensOf(candidate) / candidate.Instance.Status.TotalGpuTokens
        : double.NaN;

    private double TokensOf(Stepping candidate) => KvLeft.Evaluate(candidate.Instance)
        - (tuning.PlannedGrowthFactor * tuning.GrowthTokensPerDecode * FullModeMetrics.DecodeBatchSize.Evaluate(candidate.Instance));
}
