namespace Llumnix.Scheduling.Instances;

/// <summary>An engine instance's report of its load at one moment. Immutable. Units are requests and tokens unless a name says otherwise.</summary>
/// <remarks>
/// Source: the CMS message <c>InstanceStatus</c>. Values are not checked and may be negative; sums over them need 64 bits.
/// </remarks>
public sealed record InstanceStatus
{
    private static readonly string[] None = [];

    /// <summary>The CMS instance id.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Whether the engine takes new requests.</summary>
    public bool Schedulable { get; init; }

    /// <summary>
    /// Whether the source of the statuses has found that nothing answers at the engine's address, so that it takes no requests. Only a source that reads the engines
    /// itself can know.
    /// </summary>
    public bool IsUnreachable { get; init; }

    /// <summary>The engine's wall clock when the status was written, milliseconds since the Unix epoch.</summary>
    public long TimestampMs { get; init; }

    /// <summary>Counts engine steps.</summary>
    public int StepId { get; init; }

    /// <summary>Grows with each change of the status.</summary>
    public int UpdateId { get; init; }

    /// <summary>Engine request ids that entered the engine in the last seconds.</summary>
    public IReadOnlyList<string> RecentWaitingRequests { get; init; } = None;

    /// <summary>Engine request ids that wait now.</summary>
    public IReadOnlyList<string> WaitingRequests { get; init; } = None;

    /// <summary>Requests waiting in front of the engine's own scheduler (hybrid scheduler).</summary>
    public int HybridSchedulerWaitingToDecodeRequests { get; init; }

    /// <summary>Waiting requests that will decode on this instance.</summary>
    public int SchedulerWaitingToDecodeRequests { get; init; }

    /// <summary>Waiting requests.</summary>
    public int WaitingRequestCount { get; init; }

    /// <summary>Running requests that decode on this instance.</summary>
    public int SchedulerRunningToDecodeRequests { get; init; }

    /// <summary>Running requests.</summary>
    public int RunningRequestCount { get; init; }

    /// <summary>Requests whose KV cache is being transferred in.</summary>
    public int LoadingRequestCount { get; init; }

    /// <summary>KV capacity in tokens.</summary>
    public int TotalGpuTokens { get; init; }

    /// <summary>KV tokens in use.</summary>
    public int UsedGpuTokens { get; init; }

    /// <summary>Uncomputed prompt tokens in the hybrid scheduler's queue.</summary>
    public int UncomputedTokensHybridSchedulerWaitingPrefills { get; init; }

    /// <summary>KV tokens not yet allocated for decodes in the hybrid scheduler's queue.</summary>
    public int UnallocatedTokensHybridSchedulerWaitingDecodes { get; init; }

    /// <summary>Tokens of the requests of <see cref="HybridSchedulerWaitingToDecodeRequests"/>.</summary>
    public int HybridSchedulerWaitingToDecodeTokens { get; init; }

    /// <summary>Uncomputed prompt tokens in the engine scheduler's queue.</summary>
    public int UncomputedTokensSchedulerWaitingPrefills { get; init; }

    /// <summary>Tokens of the requests of <see cref="SchedulerWaitingToDecodeRequests"/>.</summary>
    public int SchedulerWaitingToDecodeTokens { get; init; }

    /// <summary>Running prefills' tokens that are not computed yet, the chunk being computed included.</summary>
    public int UncomputedTokensSchedulerRunningPrefills { get; init; }

    /// <summary>Running prefills' tokens that hold no KV yet.</summary>
    public int UnallocatedTokensSchedulerRunningPrefills { get; init; }

    /// <summary>Tokens of the requests of <see cref="SchedulerRunningToDecodeRequests"/>.</summary>
    public int SchedulerRunningToDecodeTokens { get; init; }

    /// <summary>Tokens of the requests of <see cref="LoadingRequestCount"/>.</summary>
    public int LoadingTokens { get; init; }

    /// <summary>Uncomputed prompt tokens of all waiting requests.</summary>
    public int UncomputedTokensAllWaitingPrefills { get; init; }

    /// <summary>Requests being migrated in.</summary>
    public int MigrateInRequests { get; init; }

    /// <summary>Requests being migrated out.</summary>
    public int MigrateOutRequests { get; init; }

    /// <summary>Free migrate-in slots.</summary>
    public int AvailableMigrateInSlots { get; init; }

    /// <summary>Free migrate-out slots.</summary>
    public int AvailableMigrateOutSlots { get; init; }

    /// <summary>Tokens being migrated in.</summary>
    public int MigrateInTokens { get; init; }

    /// <summary>Tokens being migrated out.</summary>
    public int MigrateOutTokens { get; init; }

    /// <summary>Tokens that may still be migrated in.</summary>
    public int AvailableMigrateInTokens { get; init; }

    /// <summary>Tokens that may still be migrated out.</summary>
    public int AvailableMigrateOutTokens { get; init; }

    /// <summary>Share of the KV cache being migrated in, 0 to 1.</summary>
    public double KvCacheUsageRatioMigrateIn { get; init; }

    /// <summary>Share of the KV cache being migrated out, 0 to 1.</summary>
    public double KvCacheUsageRatioMigrateOut { get; init; }

    /// <summary>Share of the KV cache that may still be migrated in, 0 to 1.</summary>
    public double AvailableKvCacheUsageRatioMigrateIn { get; init; }

    /// <summary>Share of the KV cache that may still be migrated out, 0 to 1.</summary>
    public double AvailableKvCacheUsageRatioMigrateOut { get; init; }

    /// <summary>With a status that was read from the engine's own metrics, what the reading says beside it; otherwise null.</summary>
    public EngineReading? Reading { get; init; }

    /// <summary>Number of the profiling sample in this status; 0 or below without a sample.</summary>
    public int ProfilingId { get; init; }

    /// <summary>The sampled step's duration in milliseconds.</summary>
    public double StepDurationMs { get; init; }

    /// <summary>The sampled step's prefill tokens.</summary>
    public int ScheduledPrefillTokens { get; init; }
}
