using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// Who is in the fleet: compares the source's readings with the members, and puts a new view into use when they differ. For one caller at a time;
/// takes the scheduler's lock only to swap the view.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="policy">Its state is told of a change.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="account">Forgets what was placed on instances that leave.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">The scheduler's lock.</param>
internal sealed class FullModeMembership(
    FullModeOptions options,
    SchedulingPolicy<FullModeInstance> policy,
    FullModeFleet fleet,
    DispatchAccount account,
    SchedulerClock clock,
    Lock gate)
{
    private readonly Dictionary<string, FullModeInstance> _members = new(StringComparer.Ordinal);

    /// <summary>The member with an id, which must be one.</summary>
    internal FullModeInstance this[string instanceId] => _members[instanceId];

    /// <summary>Makes the members those of the readings.</summary>
    internal void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        if (IsChanged(readings))
        {
            Change(readings);
        }
    }

    private bool IsChanged(IReadOnlyList<InstanceReading> readings)
    {
        if (!fleet.IsLoaded || readings.Count != _members.Count)
        {
            return true;
        }

        for (int i = 0; i < readings.Count; i++)
        {
            InstanceMetadata metadata = readings[i].Metadata;
            if (!_members.TryGetValue(metadata.InstanceId, out FullModeInstance? member)
                || (!ReferenceEquals(member.Metadata, metadata) && member.Metadata != metadata))
            {
                return true;
            }
        }

        return false;
    }

    private void Change(IReadOnlyList<InstanceReading> readings)
    {
        var current = new Dictionary<string, InstanceMetadata>(readings.Count, StringComparer.Ordinal);
        var departed = new List<FullModeInstance>();
        long oldestMs = OldestPlausibleMs(readings);
        Moment now = clock.Now();
        foreach (InstanceReading reading in readings)
        {
            current[reading.Metadata.InstanceId] = reading.Metadata;
            TakeOver(reading, oldestMs, now, departed);
        }

        foreach (FullModeInstance member in _members.Values)
        {
            if (!current.ContainsKey(member.Id))
            {
                departed.Add(member);
            }
        }

        departed.ForEach(member => RemoveMember(member));
        var view = new ClusterView<FullModeInstance>([.. _members.Values], member => current[member.Id].InferType);
        List<Description> changed =
        [
            .. _members.Values
                .Where(member => !ReferenceEquals(member.Metadata, current[member.Id]))
                .Select(member => new Description(member, current[member.Id], FullModeInstance.AddressOf(current[member.Id]))),
        ];
        Swap(fleet.MakeIndexes(view, member => current[member.Id]), departed, changed);
    }

    private void RemoveMember(FullModeInstance member)
    {
        if (_members.TryGetValue(member.Id, out FullModeInstance? present) && present == member)
        {
            _members.Remove(member.Id);
        }
    }

    /// <summary>A new id, or a known one whose engine was restarted, becomes a new instance.</summary>
    private void TakeOver(InstanceReading reading, long oldestMs, Moment now, List<FullModeInstance> departed)
    {
        string id = reading.Metadata.InstanceId;
        bool isKnown = _members.TryGetValue(id, out FullModeInstance? member);
        if (isKnown && IsSameProcess(member!.Metadata, reading.Metadata))
        {
            return;
        }

        if (isKnown)
        {
            departed.Add(member!);
        }

        var instance = new FullModeInstance(reading.Metadata, reading.Status)
        {
            AcceptsAnyUpdateId = isKnown,
            FirstSeen = now.Timestamp,
            LastAdvance = now.Timestamp,
            HasAdvanced = isKnown,
            IsLeftover = !isKnown && reading.Status.TimestampMs < oldestMs,
            FollowsWaitingRequests = options.AreWaitingRequestsFollowed,
            DefaultMaxBatchedTokens = options.PrefillProgress.MaxBatchedTokens,
            StepTimes = MakeLearner(reading.Metadata.InferType),
        };
        instance.Arrive(reading.Status.TimestampMs, now.Ms);
        _members[id] = instance;
    }

    /// <summary>A process is created once. One that does not say when is the same as long as it stays at its address.</summary>
    private static bool IsSameProcess(InstanceMetadata before, InstanceMetadata now) => before.UtcCreate.Equals(now.UtcCreate)
        && (now.UtcCreate != 0 || (before.Host == now.Host && before.ApiServerPort == now.ApiServerPort));

    private StepTimeLearner? MakeLearner(InferType inferType) =>
        options.PrefillProgress.IsEnabled && (inferType != InferType.Decode || policy.IgnoresInferTypes)
            ? new StepTimeLearner(options.PrefillProgress.WarmupSamples)
            : null;

    /// <summary>
    /// At its first sighting a status that is older than most by more than the staleness limit is taken for a leftover until it changes. The statuses are
    /// compared with each other, so that our own clock does not matter, nor one of theirs that is ahead.
    /// </summary>
    private long OldestPlausibleMs(IReadOnlyList<InstanceReading> readings)
    {
        long[] timestamps = [.. readings.Select(static reading => reading.Status.TimestampMs).Order()];
        long limit = (long)options.Failover.InstanceStaleness.TotalMilliseconds;
        return timestamps.Length == 0 || timestamps[timestamps.Length / 2] < long.MinValue + limit
            ? long.MinValue
            : timestamps[timestamps.Length / 2] - limit;
    }

    private void Swap(FullModeIndexes indexes, List<FullModeInstance> departed, List<Description> changed)
    {
        lock (gate)
        {
            foreach (FullModeInstance instance in departed)
            {
                account.Ledger.Forget(instance);
                instance.Slot = -1;
            }

            foreach (Description description in changed)
            {
                description.Instance.Describe(description.Metadata, description.Address);
            }

            policy.State?.OnMembersChanged(indexes.View.Instances, clock.Now().Ms);
            fleet.Use(indexes);
        }
    }

    /// <summary>Metadata that a member takes over, with what is made from it outside of the lock.</summary>
    private readonly record struct Description(FullModeInstance Instance, InstanceMetadata Metadata, InstanceAddress Address);
}
