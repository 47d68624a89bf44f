using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// Takes over changed statuses, in small batches under the lock, so that no decision waits for long. For one caller at a time.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="policy">The policy, whose state is notified of acknowledged requests.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="account">The account, whose entries statuses acknowledge.</param>
/// <param name="calibration">Compares predictions with the statuses; null where nothing is compared.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">The scheduler's lock.</param>
internal sealed class StatusIntake(
    FullModeOptions options,
    SchedulingPolicy<FullModeInstance> policy,
    FullModeFleet fleet,
    FullModeAccount account,
    FleetCalibration? calibration,
    SchedulerClock clock,
    Lock gate)
{
    /// <summary>Bounds of the work in one hold of the lock, and so of a decision's wait: statuses, and the request ids in them.</summary>
    private const int StatusesPerLock = 32;
    private const int RequestIdsPerLock = 256;

    /// <summary>
    /// A status that has not changed for this long since it was first seen is the leftover of a dead engine: a live one writes every second.
    /// </summary>
    private static readonly TimeSpan FirstChangeLimit = TimeSpan.FromSeconds(10);

    private readonly List<(FullModeInstance Member, InstanceStatus Status)> _changed = [];
    private readonly List<FullModeInstance> _leftovers = [];

    /// <summary>Takes over the readings' statuses.</summary>
    /// <param name="readings">Readings of the whole fleet or of a part of it.</param>
    /// <param name="members">The members. A reading of none is ignored.</param>
    internal void Apply(IReadOnlyList<InstanceReading> readings, FullModeMembership members)
    {
        _changed.Clear();
        _leftovers.Clear();
        long now = clock.Now().Timestamp;
        int requestIds = 0;
        for (int i = 0; i < readings.Count; i++)
        {
            InstanceReading reading = readings[i];
            if (members.Find(reading.Metadata.InstanceId) is not { } member)
            {
                continue;
            }

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

            fleet.OnStatuses(_changed.Count);
        }

        _changed.Clear();
    }

    /// <summary>
    /// Takes over a changed status. The change alone proves that the engine lives; the timestamp is not consulted, since an engine's clock can jump or
    /// be set back. Load numbers are taken over only with a newer update_id.
    /// </summary>
    private void Apply(FullModeInstance instance, InstanceStatus status, Moment now)
    {
        if (instance.IsStale || instance.IsLeftover || instance.SharesAddress || instance.UnreachableSince is not null
            || instance.IsSchedulable != status.Schedulable || instance.LastReadStatus.IsUnreachable != status.IsUnreachable)
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

            double uncomputedBefore = InstanceSums.UncomputedPrefillTokens(instance);
            instance.TakeOver(status);
            long decodesInFlight = instance.Dispatched.DecodeRequests;
            account.Acknowledge(instance, status);
            calibration?.TakeStatus(instance, uncomputedBefore, now.Ms);
            if (status.Reading is { } reading)
            {
                fleet.OnReading(reading);
            }

            policy.State?.OnAcknowledged(instance, decodesInFlight - instance.Dispatched.DecodeRequests, now.Ms);
            fleet.OnLoadChanged(instance);
        }
        else
        {
            // Its load is as old as before, but when it was written has changed, from which predictions count.
            fleet.OnStatusTimeChanged(instance);
        }
    }

    /// <summary>
    /// Whether a status has a newer update_id, a 32-bit counter that wraps. A counter that goes back comes from a lagging replica of the store, or from
    /// an engine that has started to count afresh: the second is assumed when the next status continues from the lower value.
    /// </summary>
    private static bool IsLoadNewer(FullModeInstance instance, InstanceStatus status)
    {
        int taken = instance.Status.UpdateId;
        int read = instance.LastReadStatus.UpdateId;
        int ahead = unchecked(status.UpdateId - taken);
        return ahead > 0 || (ahead < 0 && unchecked(read - taken) < 0 && unchecked(status.UpdateId - read) >= 0);
    }
}
