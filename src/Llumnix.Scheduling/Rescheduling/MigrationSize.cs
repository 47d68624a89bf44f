using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Limits the size of a load balancing migration: to half of the difference of the two loads, since more would reverse the difference and cause a
/// migration back; and to the destination's headroom.
/// </summary>
internal static class MigrationSize
{
    /// <summary>The selection with its value limited; null, with a reason, when not even one request may move.</summary>
    /// <param name="wanted">The configured selection.</param>
    /// <param name="source">The source.</param>
    /// <param name="sourceLoad">Its load, above that of the destination.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="destinationLoad">Its load.</param>
    /// <param name="isLoadPerCapacity">Whether loads are shares of the KV capacity rather than amounts.</param>
    /// <param name="reason">The reason when nothing may move.</param>
    public static RequestSelection? Bound(
        RequestSelection wanted,
        FullModeInstance source,
        double sourceLoad,
        FullModeInstance destination,
        double destinationLoad,
        bool isLoadPerCapacity,
        out string? reason)
    {
        double share = ShareToMove(source, sourceLoad, destination, destinationLoad, isLoadPerCapacity);
        long requests = MigrationEnds.Requests(source.Status);
        double tokens = TokensOf(source, isLoadPerCapacity);
        double meanTokens = tokens / Math.Max(1, requests);
        double room = meanTokens > 0 ? MigrationEnds.HeadroomTokens(destination) / meanTokens : double.PositiveInfinity;

        // Without the epsilon, rounding errors could cost a whole request.
        double movable = Math.Floor(Math.Min(share * requests, room) + 1e-9);
        reason = movable >= 1 ? null
            : room >= 1 ? "half of the difference is less than a request"
            : "the destination has no room for a request";
        if (reason is not null)
        {
            return null;
        }

        // A llumlet takes requests until they reach the asked number of tokens, and so up to a whole request more.
        double tokensToAsk = Math.Max(1, Math.Floor((movable - 1) * meanTokens));
        double most = wanted.Rule switch
        {
            RequestSelectRule.Requests => Math.Min(movable, MigrationEnds.FreeSlots(destination)),
            RequestSelectRule.Tokens => tokensToAsk,
            _ => source.Status.TotalGpuTokens > 0 ? tokensToAsk / source.Status.TotalGpuTokens : share,
        };
        return wanted with { Value = wanted.Value < 0 ? most : Math.Min(wanted.Value, most) };
    }

    /// <summary>
    /// The share of its load that the source must give away for both loads to be equal: at most half, unless the destination's capacity is larger.
    /// </summary>
    private static double ShareToMove(
        FullModeInstance source, double sourceLoad, FullModeInstance destination, double destinationLoad, bool isLoadPerCapacity)
    {
        // The same tokens are a larger share of a smaller cache.
        double weight = isLoadPerCapacity ? (double)source.Status.TotalGpuTokens / destination.Status.TotalGpuTokens : 1;
        return (sourceLoad - Math.Max(0, destinationLoad)) / (sourceLoad * (1 + weight));
    }

    private static double TokensOf(FullModeInstance instance, bool isLoadPerCapacity)
    {
        double decoding = FullModeMetrics.AllDecodesTokens.Evaluate(instance);
        return isLoadPerCapacity || decoding <= 0 ? Math.Max(0, InstanceSums.ProjectedKvTokens(instance)) : decoding;
    }
}
