namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Sums over a full-mode instance's status and what is in flight to it. Metrics, predictions and answers start from these, so that one quantity
/// has one formula.
/// </summary>
internal static class InstanceSums
{
    /// <summary>KV tokens in use once every waiting request and every decode in flight has got its place. Prefills in flight are not in it, as in the Go scheduler.</summary>
    public static long ProjectedKvTokens(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.UsedGpuTokens
            + instance.UncomputedWaitingPrefillTokens
            + s.UnallocatedTokensSchedulerRunningPrefills
            + s.UnallocatedTokensHybridSchedulerWaitingDecodes
            + instance.Dispatched.DecodeTokens;
    }

    /// <summary>The same as a share of the capacity, 0 to above 1; infinite when the capacity is not positive.</summary>
    public static double ProjectedKvUsage(FullModeInstance instance)
    {
        int total = instance.Status.TotalGpuTokens;
        return total > 0 ? (double)ProjectedKvTokens(instance) / total : double.PositiveInfinity;
    }

    /// <summary>Requests that decode, wait to decode or are in flight to decode.</summary>
    public static long DecodeRequests(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.HybridSchedulerWaitingToDecodeRequests
            + s.LoadingRequestCount
            + s.SchedulerWaitingToDecodeRequests
            + s.SchedulerRunningToDecodeRequests
            + instance.Dispatched.DecodeRequests;
    }

    /// <summary>Tokens of the requests that <see cref="DecodeRequests"/> counts.</summary>
    public static long DecodeTokens(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.HybridSchedulerWaitingToDecodeTokens
            + s.SchedulerWaitingToDecodeTokens
            + s.SchedulerRunningToDecodeTokens
            + s.LoadingTokens
            + instance.Dispatched.DecodeTokens;
    }

    /// <summary>Prompt tokens that are still to be computed, those in flight included; never below 0.</summary>
    public static long UncomputedPrefillTokens(FullModeInstance instance) => Math.Max(
        0,
        instance.UncomputedWaitingPrefillTokens
        + instance.Status.UncomputedTokensSchedulerRunningPrefills
        + instance.Dispatched.UncomputedPrefillTokens);
}
