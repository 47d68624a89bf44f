using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    private StepProfile _profile = new();

    /// <summary>The engine's load, as its llumlet would report it.</summary>
    /// <param name="now">The time, on the time scale of this engine.</param>
    /// <param name="timestamp">The engine's wall clock.</param>
    public InstanceStatus Status(TimeSpan now, DateTimeOffset timestamp)
    {
        WaitingLoad waiting = WaitingLoad.Of(_waiting, _blocks);
        RunningLoad running = RunningLoad.Of(_running);
        return new InstanceStatus
        {
            InstanceId = Configuration.InstanceId,
            Schedulable = Schedulable,
            TimestampMs = timestamp.ToUnixTimeMilliseconds(),
            StepId = StepId,
            UpdateId = UpdateId,
            RecentWaitingRequests = _recent.Ids(now),
            WaitingRequests = waiting.Ids,
            WaitingRequestCount = _waiting.Count,
            SchedulerWaitingToDecodeRequests = waiting.ToDecodeRequests,
            SchedulerWaitingToDecodeTokens = Narrow(waiting.ToDecodeTokens),
            UncomputedTokensSchedulerWaitingPrefills = Narrow(waiting.UncomputedTokens),
            UncomputedTokensAllWaitingPrefills = Narrow(waiting.UncomputedTokens),
            RunningRequestCount = _running.Count,
            SchedulerRunningToDecodeRequests = running.ToDecodeRequests,
            SchedulerRunningToDecodeTokens = Narrow(running.ToDecodeTokens),
            UncomputedTokensSchedulerRunningPrefills = Narrow(running.UncomputedTokens),
            UnallocatedTokensSchedulerRunningPrefills = Narrow(running.UnallocatedTokens),
            LoadingRequestCount = _loading.Count,
            LoadingTokens = Narrow(TokensOf(_loading)),
            TotalGpuTokens = Narrow((long)_pool.Total * Configuration.BlockSize),
            UsedGpuTokens = Narrow((long)_pool.Used * Configuration.BlockSize),
            MigrateInRequests = _migratingIn.Count,
            MigrateOutRequests = _migratingOut.Count,
            AvailableMigrateInSlots = Configuration.MaxMigrationsIn - _migratingIn.Count,
            AvailableMigrateOutSlots = Configuration.MaxMigrationsOut - _migratingOut.Count,
            MigrateInTokens = Narrow(TokensOf(_migratingIn)),
            MigrateOutTokens = Narrow(TokensOf(_migratingOut)),
            KvCacheUsageRatioMigrateIn = KvShareOf(_migratingIn),
            KvCacheUsageRatioMigrateOut = KvShareOf(_migratingOut),
            ProfilingId = _profile.Id,
            StepDurationMs = _profile.Duration.TotalMilliseconds,
            ScheduledPrefillTokens = _profile.PrefillTokens,
        };
    }

    private static long TokensOf(List<Sequence> sequences)
    {
        long tokens = 0;
        foreach (Sequence sequence in sequences)
        {
            tokens += sequence.Tokens;
        }

        return tokens;
    }

    private double KvShareOf(List<Sequence> sequences)
    {
        long blocks = 0;
        foreach (Sequence sequence in sequences)
        {
            blocks += sequence.Blocks;
        }

        return (double)blocks / _pool.Total;
    }

    /// <summary>Caps a count at the 32 bits of the wire format.</summary>
    private static int Narrow(long value) => (int)Math.Min(value, int.MaxValue);
}
