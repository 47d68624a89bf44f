using Google.Protobuf;
using Llumnix.Scheduling.Instances;
using Message = Llumnix.Protocol.Cms.InstanceStatus;
using ReadingMessage = Llumnix.Protocol.Cms.EngineReading;

namespace Llumnix.Adapters.Cms;

/// <summary>The value of a status key.</summary>
internal static class StatusValue
{
    /// <summary>Largest number of request ids in each of the status's lists.</summary>
    public const int MaxRequestIds = 65_536;

    private static readonly MessageParser<Message> Parser = Message.Parser.WithDiscardUnknownFields(true);

    /// <inheritdoc cref="ValueReader{T}"/>
    public static CmsSkipReason? Read(ReadOnlySpan<byte> bytes, string instanceId, WriteTime written, out InstanceStatus? value)
    {
        value = null;
        CmsSkipReason? reason = MessageValue.Parse(Parser, bytes, out Message? message);
        if (reason is not null)
        {
            return reason;
        }

        reason = Check(message!, instanceId);
        value = reason is null ? Map(message!, instanceId, written) : null;
        return reason;
    }

    private static CmsSkipReason? Check(Message message, string instanceId) =>
        MessageValue.CheckInstanceId(message.InstanceId, instanceId)
            ?? (Math.Max(message.RecentWaitingRequests.Count, message.WaitingRequests.Count) > MaxRequestIds
                ? CmsSkipReason.TooManyRequestIds
                : null);

    // The lists are taken over without a copy: no other code holds the parsed message, so they cannot change.
    private static InstanceStatus Map(Message message, string instanceId, WriteTime written) => new()
    {
        InstanceId = instanceId,
        Schedulable = message.Schedulable,
        TimestampMs = message.TimestampMs,
        StepId = message.StepId,
        UpdateId = message.UpdateId,
        RecentWaitingRequests = message.RecentWaitingRequests,
        WaitingRequests = message.WaitingRequests,
        HybridSchedulerWaitingToDecodeRequests = message.HybridSchedulerWaitingToDecodeRequestsNum,
        SchedulerWaitingToDecodeRequests = message.SchedulerWaitingToDecodeRequestsNum,
        WaitingRequestCount = message.NumWaitingRequests,
        SchedulerRunningToDecodeRequests = message.SchedulerRunningToDecodeRequestsNum,
        RunningRequestCount = message.NumRunningRequests,
        LoadingRequestCount = message.NumLoadingRequests,
        TotalGpuTokens = message.NumTotalGpuTokens,
        UsedGpuTokens = message.NumUsedGpuTokens,
        UncomputedTokensHybridSchedulerWaitingPrefills = message.NumUncomputedTokensHybridSchedulerWaitingPrefills,
        UnallocatedTokensHybridSchedulerWaitingDecodes = message.NumUnallocatedTokensHybridSchedulerWaitingDecodes,
        HybridSchedulerWaitingToDecodeTokens = message.HybridSchedulerWaitingToDecodeTokensNum,
        UncomputedTokensSchedulerWaitingPrefills = message.NumUncomputedTokensSchedulerWaitingPrefills,
        SchedulerWaitingToDecodeTokens = message.SchedulerWaitingToDecodeTokensNum,
        UncomputedTokensSchedulerRunningPrefills = message.NumUncomputedTokensSchedulerRunningPrefills,
        UnallocatedTokensSchedulerRunningPrefills = message.NumUnallocatedTokensSchedulerRunningPrefills,
        SchedulerRunningToDecodeTokens = message.SchedulerRunningToDecodeTokensNum,
        LoadingTokens = message.NumTokensLoadingRequests,
        UncomputedTokensAllWaitingPrefills = message.NumUncomputedTokensAllWaitingPrefills,
        MigrateInRequests = message.NumMigrateInReqs,
        MigrateOutRequests = message.NumMigrateOutReqs,
        AvailableMigrateInSlots = message.NumAvailableMigrateInSlots,
        AvailableMigrateOutSlots = message.NumAvailableMigrateOutSlots,
        MigrateInTokens = message.NumMigrateInTokens,
        MigrateOutTokens = message.NumMigrateOutTokens,
        AvailableMigrateInTokens = message.NumAvailableMigrateInTokens,
        AvailableMigrateOutTokens = message.NumAvailableMigrateOutTokens,
        KvCacheUsageRatioMigrateIn = message.KvCacheUsageRatioMigrateIn,
        KvCacheUsageRatioMigrateOut = message.KvCacheUsageRatioMigrateOut,
        AvailableKvCacheUsageRatioMigrateIn = message.AvailableKvCacheUsageRatioMigrateIn,
        AvailableKvCacheUsageRatioMigrateOut = message.AvailableKvCacheUsageRatioMigrateOut,
        ProfilingId = message.ProfilingId,
        StepDurationMs = message.StepDuration,
        ScheduledPrefillTokens = message.NumScheduledPrefillTokens,
        Reading = message.EngineReading is { } reading ? Map(reading, written) : null,
    };

    private static EngineReading Map(ReadingMessage message, WriteTime written) => new()
    {
        AskedAt = written.Before(message.AskedAgoMs),
        CoversUntil = written.Before(message.AskedAgoMs + message.LagMs),
        Waiting = message.HasWaiting ? Math.Max(0, message.Waiting) : null,
        PrefilledTokensTotal = message.HasPrefilledTokensTotal ? Known(message.PrefilledTokensTotal) : null,
        MeanPromptTokens = message.HasMeanPromptTokens ? Known(message.MeanPromptTokens) : null,
        PrefixTokensTotal = message is { HasPrefixQueriedTokensTotal: true, HasPrefixHitTokensTotal: true, PrefixQueriedTokensTotal: >= 0, PrefixHitTokensTotal: >= 0 }
            ? (message.PrefixQueriedTokensTotal, message.PrefixHitTokensTotal)
            : null,
    };

    private static double? Known(double value) => double.IsFinite(value) && value >= 0 ? value : null;
}
