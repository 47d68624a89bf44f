using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// Takes over the statuses that have changed, in small batches so that no decision waits for long. For one caller at a time.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="policy">Its state is told of acknowledged requests.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="account">Statuses acknowledge its entries.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">The scheduler's lock.</param>
internal sealed class StatusIntake(
    FullModeOptions options,
    SchedulingPolicy<FullModeInstance> policy,
    FullModeFleet fleet,
    DispatchAccount account,
    SchedulerClock clock,
    Lock gate)
{
    /// <summary>A decision never waits for more work under the lock than this many statuses, or this many request ids in them.</summary>
    private const int StatusesPerLock = 32;
    private const int RequestIdsPerLock = 256;

    /// <summary>
    /// A live engine writes every second. A status that has not changed for so long since its first sighting is a dead engine's leftover.
    /// </summary>
    private static readonly TimeSpan FirstChangeLimit = TimeSpan.FromSeconds(10);

    private readonly List<(FullModeInstance Member, InstanceStatus Status)> _changed = [];
    private readonly List<FullModeInstance> _leftovers = [];

    /// <summary>Takes over the readings' statuses.</summary>
    /// <param name="readings">The whole fleet.</param>
    /// <param name="members">Has a member for each reading.</param>
    internal void Apply(IReadOnlyList<InstanceReading> readings, FullModeMembership members)
    {
        _changed.Clear();
        _leftovers.Clear();
        long now = clock.Now().Timestamp;
        int requestIds = 0;
        for (int i = 0; i < readings.Count; i++)
        {
            InstanceReading reading = readings[i];
            FullModeInstance member = members[reading.Metadata.InstanceId];
            if (!ReferenceEquals(member.LastReadStatus, reading.Status))
            {
                // Outside of the lock: a fit takes microseconds.
                member.LearnStepTime(reading.Status);
                _changed.Add((member, reading.Status));
                requestIds += reading.Status.RecentWaitingRequests.Count + (options.AreWaitingRequestsFollowed ? reading.Status.WaitingRequests.Count : 0);
            }
            else if (member is { HasAdvanced: false, IsLeftover: false }
                && clock.Between(member.LastAdvance, now) >= FirstChangeLimit)
            {
                _leftovers.Add(member);
            }

            if (_changed.Count >= StatusesPerLock || requestIds >= RequestIdsPerLock)
            {
                ApplyChanged();
                requestIds = 0;
            }
        }

        ApplyChanged();
        MarkLeftovers();
    }

    private void MarkLeftovers()
    {
        if (_leftovers.Count == 0)
        {
            return;
        }

        lock (gate)
        {
            _leftovers.ForEach(static member => member.IsLeftover = true);
            fleet.Indexes.Health.Invalidate();
        }
    }

    private void ApplyChanged()
    {
        if (_changed.Count == 0)
        {
            return;
        }

        lock (gate)
        {
            Moment now = clock.Now();
            foreach ((FullModeInstance member, InstanceStatus status) in _changed)
            {
                Apply(member, status, now);
            }
        }

        _changed.Clear();
    }

    /// <summary>
    /// A changed status tells that the engine lives and whether it takes requests, whatever its timestamp says: clocks are set back, and jump.
    /// Its load numbers count when its update_id is newer.
    /// </summary>
    private void Apply(FullModeInstance instance, InstanceStatus status, Moment now)
    {
        if (instance.IsStale || instance.IsLeftover || instance.SharesAddress || instance.IsSchedulable != status.Schedulable)
        {
            fleet.Indexes.Health.Invalidate();
        }

        bool isLoadNewer = instance.AcceptsAnyUpdateId || IsLoadNewer(instance, status);
        instance.LastReadStatus = status;
        instance.Arrive(status.TimestampMs, now.Ms);
        instance.IsSchedulable = status.Schedulable;
        instance.Advance(now.Timestamp);
        if (isLoadNewer)
        {
            instance.AcceptsAnyUpdateId = false;
            if (instance.Status.TotalGpuTokens != status.TotalGpuTokens)
            {
                fleet.Indexes.Capacities.Invalidate();
            }

            instance.TakeOver(status);
            long decodesInFlight = instance.Dispatched.DecodeRequests;
            account.Ledger.Acknowledge(instance, status);
            policy.State?.OnAcknowledged(instance, decodesInFlight - instance.Dispatched.DecodeRequests, now.Ms);
            fleet.OnLoadChanged(instance);
        }
    }

    /// <summary>
    /// The counter has 32 bits and wraps. When it goes back, a replica of the store may lag, or the engine counts afresh: if the next status
    /// goes on from there, it is the latter.
    /// </summary>
    private static bool IsLoadNewer(FullModeInstance instance, InstanceStatus status)
    {
        int taken = instance.Status.UpdateId;
        int read = instance.LastReadStatus.UpdateId;
        int ahead = unchecked(status.UpdateId - taken);
        return ahead > 0 || (ahead < 0 && unchecked(read - taken) < 0 && unchecked(status.UpdateId - read) >= 0);
    }
}
