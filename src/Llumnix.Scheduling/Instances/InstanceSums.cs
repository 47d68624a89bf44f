namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Sums of a full-mode instance's status and its load in flight. Metrics, predictions and answers all use them, so that each quantity has one formula.
/// </summary>
internal static class InstanceSums
{
    /// <summary>KV tokens in use once every waiting request and every decode in flight has got its place. Prefills in flight are not in it, as in the Go scheduler.</summary>
    public static long ProjectedKvTokens(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return EndedLoad.Without(s.UsedGpuTokens, instance.Ended.Tokens)
            + instance.UncomputedWaitingPrefillTokens
            + s.UnallocatedTokensSchedulerRunningPrefills
            + s.UnallocatedTokensHybridSchedulerWaitingDecodes
            + instance.BesideStatus.DecodeTokens;
    }

    /// <summary><see cref="ProjectedKvTokens"/> as a share of the KV capacity, 0 to above 1; infinite when the capacity is not positive.</summary>
    public static double ProjectedKvUsage(FullModeInstance instance)
    {
        int total = instance.Status.TotalGpuTokens;
        return total > 0 ? (double)ProjectedKvTokens(instance) / total : double.PositiveInfinity;
    }

    /// <summary>Requests that decode, wait to decode or are in flight to decode.</summary>
    public static long DecodeRequests(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        long reported = (long)s.HybridSchedulerWaitingToDecodeRequests
            + s.LoadingRequestCount
            + s.SchedulerWaitingToDecodeRequests
            + s.SchedulerRunningToDecodeRequests;
        return EndedLoad.Without(reported, instance.Ended.DecodeRequests) + instance.BesideStatus.DecodeRequests;
    }

    /// <summary>Tokens of the requests that <see cref="DecodeRequests"/> counts.</summary>
    public static long DecodeTokens(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        long reported = (long)s.HybridSchedulerWaitingToDecodeTokens
            + s.SchedulerWaitingToDecodeTokens
            + s.SchedulerRunningToDecodeTokens
            + s.LoadingTokens;
        return EndedLoad.Without(reported, instance.Ended.Tokens) + instance.BesideStatus.DecodeTokens;
    }

    /// <summary>Uncomputed prompt tokens of waiting and running requests and of requests in flight; never below 0.</summary>
    public static long UncomputedPrefillTokens(FullModeInstance instance) => Math.Max(
        0,
        instance.UncomputedWaitingPrefillTokens
        + instance.Status.UncomputedTokensSchedulerRunningPrefills
        + instance.BesideStatus.UncomputedPrefillTokens);
}
