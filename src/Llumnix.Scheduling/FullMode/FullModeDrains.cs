using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.FullMode;

/// <summary>Full mode's drains: what an instance has to do is told by its status and the ledger.</summary>
/// <param name="clock">The clock.</param>
internal sealed class FullModeDrains(SchedulerClock clock) : DrainSet<FullModeInstance>(clock)
{
    /// <summary>Size of a KV block of an engine that does not tell it.</summary>
    private const int UsualBlockSize = 16;

    /// <inheritdoc/>
    protected override DrainSubject SubjectOf(FullModeInstance instance)
    {
        InstanceMetadata metadata = instance.Metadata;
        return new DrainSubject(
            metadata.InstanceId,
            metadata.NodeId,
            metadata.UnitId,
            metadata.Labels,
            metadata.IsTerminating,
            new EngineProcess(metadata.UtcCreate, metadata.Host, metadata.ApiServerPort, Version: 0));
    }

    /// <inheritdoc/>
    protected override DrainWork WorkOf(FullModeInstance instance)
    {
        InstanceStatus status = instance.Status;
        long running = Math.Max(0, status.RunningRequestCount);
        long waiting = Math.Max(0, (long)status.WaitingRequestCount) + Math.Max(0, status.HybridSchedulerWaitingToDecodeRequests);
        long loading = Math.Max(0, status.LoadingRequestCount);
        // Entries that a status or reading shows are no longer in flight; one that no request of the engine accounts for is still to come or to be released.
        long unseen = instance.LedgerEntries.IsEmpty || running + waiting + loading > 0 ? 0 : 1;
        return new DrainWork(
            running,
            waiting,
            loading,
            Math.Max(0, status.MigrateInRequests),
            Math.Max(0, status.MigrateOutRequests),
            Math.Max(instance.Dispatched.Requests, unseen),
            Math.Max(0, status.UsedGpuTokens - (instance.Metadata.BlockSize > 0 ? instance.Metadata.BlockSize : UsualBlockSize)));
    }

    /// <inheritdoc/>
    protected override string? WhyUnknown(FullModeInstance instance, long since) =>
        instance.IsStale ? "its status is stale"
        : instance.AdvanceBefore <= since ? "it has not reported twice since its drain began"
        : null;
}
