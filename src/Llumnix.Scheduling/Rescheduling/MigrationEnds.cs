using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Judges whether two instances can exchange requests, by their statuses and metadata.</summary>
internal static class MigrationEnds
{
    private static readonly KvHeadroomTokens KvLeft = new();

    /// <summary>
    /// Whether the engines can use each other's KV cache: the same backend, KV block size and numbers of ranks, as far as both report them.
    /// </summary>
    public static bool AreAlike(InstanceMetadata a, InstanceMetadata b) =>
        (a.BackendType.Length == 0 || b.BackendType.Length == 0 || string.Equals(a.BackendType, b.BackendType, StringComparison.OrdinalIgnoreCase))
        && AreAlike(a.BlockSize, b.BlockSize)
        && AreAlike(a.TensorParallelSize, b.TensorParallelSize)
        && AreAlike(a.DataParallelSize, b.DataParallelSize);

    /// <summary>
    /// Why no request can leave an instance, by its status; null when one can. The status of a stale instance is too old to forbid it.
    /// </summary>
    public static string? WhyNothingLeaves(FullModeInstance source) => source.IsStale ? null
        : Requests(source.Status) <= 0 ? "nothing to migrate"
        : TellsSlots(source.Status) && source.Status.AvailableMigrateOutSlots <= 0 ? "the source has no free slot"
        : null;

    /// <summary>Why no request can come to an instance, by its status; null when one can.</summary>
    public static string? WhyNothingComes(FullModeInstance destination) =>
        FreeSlots(destination) <= 0 ? "the destination has no free slot"
        : HeadroomTokens(destination) <= 0 ? "the destination has no room in its KV cache"
        : null;

    /// <summary>Waiting, loading and running requests.</summary>
    public static long Requests(InstanceStatus status) =>
        Math.Max(0, (long)status.RunningRequestCount) + Math.Max(0, status.WaitingRequestCount) + Math.Max(0, status.LoadingRequestCount);

    /// <summary>Number of requests that may come at a time; unbounded when the llumlet does not report it.</summary>
    public static double FreeSlots(FullModeInstance destination) =>
        TellsSlots(destination.Status) ? destination.Status.AvailableMigrateInSlots : double.PositiveInfinity;

    /// <summary>Number of tokens that may come: the KV headroom and the llumlet's own bounds; unbounded when neither is reported.</summary>
    public static double HeadroomTokens(FullModeInstance destination)
    {
        InstanceStatus status = destination.Status;
        double room = status.TotalGpuTokens > 0 ? KvLeft.Evaluate(destination) : double.PositiveInfinity;
        if (TellsTokens(status))
        {
            room = Math.Min(room, status.AvailableMigrateInTokens);
        }

        return status.TotalGpuTokens > 0 && TellsShares(status)
            ? Math.Min(room, status.AvailableKvCacheUsageRatioMigrateIn * status.TotalGpuTokens)
            : room;
    }

    private static bool AreAlike(int a, int b) => a <= 0 || b <= 0 || a == b;

    // A llumlet without migrations, or without bounds on tokens, omits these fields, and omitted ones read as zero.
    private static bool TellsSlots(InstanceStatus status) => (status.AvailableMigrateInSlots | status.AvailableMigrateOutSlots
        | status.MigrateInRequests | status.MigrateOutRequests) != 0;

    private static bool TellsTokens(InstanceStatus status) => (status.AvailableMigrateInTokens | status.AvailableMigrateOutTokens) != 0;

    private static bool TellsShares(InstanceStatus status) =>
        status.AvailableKvCacheUsageRatioMigrateIn != 0 || status.AvailableKvCacheUsageRatioMigrateOut != 0;
}
