using Llumnix.Scheduling.Instances;
using Proto = Llumnix.Protocol.Cms;

namespace Llumnix.Adapters.Cms;

/// <summary>An engine's metadata and status as the CMS messages that a llumlet writes.</summary>
internal static class PublishedMessages
{
    public static Proto.InstanceMetadata ToMessage(InstanceMetadata metadata, DateTimeOffset now) => new()
    {
        InstanceId = metadata.InstanceId,
        InstanceType = metadata.InferType.ToName(),
        BackendType = metadata.BackendType,
        Ip = metadata.Ip,
        IpKvs = metadata.IpKvs,
        IpKvt = metadata.IpKvt,
        ApiServerPort = metadata.ApiServerPort,
        LlumletPort = metadata.LlumletPort,
        KvtPort = metadata.KvtPort,
        NodeId = metadata.NodeId,
        UnitId = metadata.UnitId,
        DataParallelSize = metadata.DataParallelSize,
        TensorParallelSize = metadata.TensorParallelSize,
        DpRank = metadata.DataParallelRank,
        DpLocalRank = metadata.DataParallelRank,
        UtcCreate = metadata.UtcCreate,
        UtcUpdate = now.ToUnixTimeMilliseconds() / 1000.0,
        BlockSize = metadata.BlockSize,
        MaxNumBatchedTokens = metadata.MaxNumBatchedTokens,
        NamesNoRequests = !metadata.NamesRequests,
    };

    public static Proto.InstanceStatus ToMessage(InstanceStatus status, TimeProvider time) => new()
    {
        InstanceId = status.InstanceId,
        Schedulable = status.Schedulable,
        TimestampMs = status.TimestampMs,
        StepId = status.StepId,
        UpdateId = status.UpdateId,
        RecentWaitingRequests = { status.RecentWaitingRequests },
        WaitingRequests = { status.WaitingRequests },
        HybridSchedulerWaitingToDecodeRequestsNum = status.HybridSchedulerWaitingToDecodeRequests,
        SchedulerWaitingToDecodeRequestsNum = status.SchedulerWaitingToDecodeRequests,
        NumWaitingRequests = status.WaitingRequestCount,
        SchedulerRunningToDecodeRequestsNum = status.SchedulerRunningToDecodeRequests,
        NumRunningRequests = status.RunningRequestCount,
        NumLoadingRequests = status.LoadingRequestCount,
        NumTotalGpuTokens = status.TotalGpuTokens,
        NumUsedGpuTokens = status.UsedGpuTokens,
        NumUncomputedTokensHybridSchedulerWaitingPrefills = status.UncomputedTokensHybridSchedulerWaitingPrefills,
        NumUnallocatedTokensHybridSchedulerWaitingDecodes = status.UnallocatedTokensHybridSchedulerWaitingDecodes,
        HybridSchedulerWaitingToDecodeTokensNum = status.HybridSchedulerWaitingToDecodeTokens,
        NumUncomputedTokensSchedulerWaitingPrefills = status.UncomputedTokensSchedulerWaitingPrefills,
        SchedulerWaitingToDecodeTokensNum = status.SchedulerWaitingToDecodeTokens,
        NumUncomputedTokensSchedulerRunningPrefills = status.UncomputedTokensSchedulerRunningPrefills,
        NumUnallocatedTokensSchedulerRunningPrefills = status.UnallocatedTokensSchedulerRunningPrefills,
        SchedulerRunningToDecodeTokensNum = status.SchedulerRunningToDecodeTokens,
        NumTokensLoadingRequests = status.LoadingTokens,
        NumUncomputedTokensAllWaitingPrefills = status.UncomputedTokensAllWaitingPrefills,
        NumMigrateInReqs = status.MigrateInRequests,
        NumMigrateOutReqs = status.MigrateOutRequests,
        NumAvailableMigrateInSlots = status.AvailableMigrateInSlots,
        NumAvailableMigrateOutSlots = status.AvailableMigrateOutSlots,
        NumMigrateInTokens = status.MigrateInTokens,
        NumMigrateOutTokens = status.MigrateOutTokens,
        NumAvailableMigrateInTokens = status.AvailableMigrateInTokens,
        NumAvailableMigrateOutTokens = status.AvailableMigrateOutTokens,
        KvCacheUsageRatioMigrateIn = status.KvCacheUsageRatioMigrateIn,
        KvCacheUsageRatioMigrateOut = status.KvCacheUsageRatioMigrateOut,
        AvailableKvCacheUsageRatioMigrateIn = status.AvailableKvCacheUsageRatioMigrateIn,
        AvailableKvCacheUsageRatioMigrateOut = status.AvailableKvCacheUsageRatioMigrateOut,
        ProfilingId = status.ProfilingId,
        StepDuration = status.StepDurationMs,
        NumScheduledPrefillTokens = status.ScheduledPrefillTokens,
        EngineReading = status.Reading is { } reading ? ToMessage(reading, time) : null,
    };

    private static Proto.EngineReading ToMessage(EngineReading reading, TimeProvider time)
    {
        var message = new Proto.EngineReading
        {
            AskedAgoMs = time.GetElapsedTime(reading.AskedAt).TotalMilliseconds,
            LagMs = time.GetElapsedTime(reading.CoversUntil, reading.AskedAt).TotalMilliseconds,
        };
        if (reading.Waiting is { } waiting)
        {
            message.Waiting = waiting;
        }

        if (reading.PrefilledTokensTotal is { } prefilled)
        {
            message.PrefilledTokensTotal = prefilled;
        }

        if (reading.MeanPromptTokens is { } mean)
        {
            message.MeanPromptTokens = mean;
        }

        if (reading.PrefixTokensTotal is { } total)
        {
            (message.PrefixQueriedTokensTotal, message.PrefixHitTokensTotal) = total;
        }

        return message;
    }
}
