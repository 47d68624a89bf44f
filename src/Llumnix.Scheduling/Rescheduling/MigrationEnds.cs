using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>What the statuses and metadata of two instances say about a migration between them.</summary>
internal static class MigrationEnds
{
    private static readonly KvCacheTokensLeft KvLeft = new();

    /// <summary>
    /// Whether one's KV cache is of use to the other: the same kind of engine, KV block size and numbers of ranks, as far as both tell them.
    /// </summary>
    public static bool AreAlike(InstanceMetadata a, InstanceMetadata b) =>
        (a.BackendType.Length == 0 || b.BackendType.Length == 0 || string.Equals(a.BackendType, b.BackendType, StringComparison.OrdinalIgnoreCase))
        && AreAlike(a.BlockSize, b.BlockSize)
        && AreAlike(a.TensorParallelSize, b.TensorParallelSize)
        && AreAlike(a.DataParallelSize, b.DataParallelSize);

    /// <summary>Why nothing can leave an instance, by what its status says; null when something can. What a stale one says is long ago.</summary>
    public static string? WhyNothingLeaves(FullModeInstance source) => source.IsStale ? null
        : Requests(source.Status) <= 0 ? "nothing to migrate"
        : TellsSlots(source.Status) && source.Status.AvailableMigrateOutSlots <= 0 ? "the source has no free slot"
        : null;

    /// <summary>Why nothing can come to an instance, by what its status says; null when something can.</summary>
    public static string? WhyNothingComes(FullModeInstance destination) =>
        FreeSlots(destination) <= 0 ? "the destination has no free slot"
        : RoomTokens(destination) <= 0 ? "the destination has no room in its KV cache"
        : null;

    /// <summary>Requests that wait, load or run.</summary>
    public static long Requests(InstanceStatus status) =>
        Math.Max(0, (long)status.RunningRequestCount) + Math.Max(0, status.WaitingRequestCount) + Math.Max(0, status.LoadingRequestCount);

    /// <summary>Requests that may come at a time; unbounded where the llumlet does not tell.</summary>
    public static double FreeSlots(FullModeInstance destination) =>
        TellsSlots(destination.Status) ? destination.Status.AvailableMigrateInSlots : double.PositiveInfinity;

    /// <summary>Tokens that may come: what the KV cache has left, and the llumlet's own bounds; unbounded where neither is told.</summary>
    public static double RoomTokens(FullModeInstance destination)
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

    // A llumlet without migrations, or without bounds on tokens, leaves these fields out, which reads as zeros.
    private static bool TellsSlots(InstanceStatus status) => (status.AvailableMigrateInSlots | status.AvailableMigrateOutSlots
        | status.MigrateInRequests | status.MigrateOutRequests) != 0;

    private static bool TellsTokens(InstanceStatus status) => (status.AvailableMigrateInTokens | status.AvailableMigrateOutTokens) != 0;

    private static bool TellsShares(InstanceStatus status) =>
        status.AvailableKvCacheUsageRatioMigrateIn != 0 || status.AvailableKvCacheUsageRatioMigrateOut != 0;
}
