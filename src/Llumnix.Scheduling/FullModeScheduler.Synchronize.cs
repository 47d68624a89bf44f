using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling;

/// <summary>Takes over what the source has read. One call at a time: members and statuses are only changed here.</summary>
public sealed partial class FullModeScheduler
{
    /// <summary>A decision never waits for more work under the lock than this many statuses, or this many request ids in them.</summary>
    private const int StatusesPerLock = 32;
    private const int RequestIdsPerLock = 256;

    /// <summary>
    /// A live engine writes every second. A status that has not changed for so long since its first sighting is a dead engine's leftover.
    /// </summary>
    private static readonly TimeSpan FirstChangeLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _synchronizing = new();
    private readonly Dictionary<string, FullModeInstance> _members = new(StringComparer.Ordinal);
    private readonly List<InstanceReading> _news = [];
    private readonly List<FullModeInstance> _leftovers = [];

    /// <inheritdoc/>
    public void SetStoreAvailable(bool available)
    {
        lock (Gate)
        {
            _isStoreAvailable = available;
        }
    }

    /// <inheritdoc/>
    public bool IsSilent()
    {
        lock (Gate)
        {
            BringUpToDate();
            return _indexes.View.Count > 0 && _indexes.Health.IsEveryInstanceStale();
        }
    }

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        lock (_synchronizing)
        {
            if (IsMembershipChanged(readings))
            {
                ChangeMembership(readings);
            }

            ApplyStatuses(readings);
        }
    }

    private bool IsMembershipChanged(IReadOnlyList<InstanceReading> readings)
    {
        if (!_isViewLoaded || readings.Count != _members.Count)
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

    private void ChangeMembership(IReadOnlyList<InstanceReading> readings)
    {
        var current = new Dictionary<string, InstanceMetadata>(readings.Count, StringComparer.Ordinal);
        var departed = new List<FullModeInstance>();
        long oldestMs = OldestPlausibleMs(readings);
        long now = _time.GetTimestamp();
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
        Swap(MakeIndexes(view, member => current[member.Id]), departed, changed);
    }

    private void RemoveMember(FullModeInstance member)
    {
        if (_members.TryGetValue(member.Id, out FullModeInstance? present) && present == member)
        {
            _members.Remove(member.Id);
        }
    }

    /// <summary>A new id, or a known one whose engine was restarted, becomes a new instance.</summary>
    private void TakeOver(InstanceReading reading, long oldestMs, long now, List<FullModeInstance> departed)
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
            FirstSeen = now,
            LastAdvance = now,
            HasAdvanced = isKnown,
            IsHeldBack = !isKnown && reading.Status.TimestampMs < oldestMs,
            FollowsWaitingRequests = IsWaitingFollowed,
            DefaultMaxBatchedTokens = _settings.MaxBatchedTokens,
            StepTimes = MakeLearner(reading.Metadata.InferType),
        };
        instance.Arrive(reading.Status.TimestampMs, MillisecondsAt(instance.LastAdvance));
        _members[id] = instance;
    }

    /// <summary>A process is created once. One that does not say when is the same as long as it stays at its address.</summary>
    private static bool IsSameProcess(InstanceMetadata before, InstanceMetadata now) => before.UtcCreate.Equals(now.UtcCreate)
        && (now.UtcCreate != 0 || (before.Host == now.Host && before.ApiServerPort == now.ApiServerPort));

    private StepTimeLearner? MakeLearner(InferType inferType) =>
        _settings.PredictorWarmupSamples is { } samples && (inferType != InferType.Decode || Policy.IgnoresInferTypes)
            ? new StepTimeLearner(samples)
            : null;

    /// <summary>
    /// At its first sighting a status that is older than most by more than the staleness limit is held back until it changes. The statuses are
    /// compared with each other, so that our own clock does not matter, nor one of theirs that is ahead.
    /// </summary>
    private long OldestPlausibleMs(IReadOnlyList<InstanceReading> readings)
    {
        long[] timestamps = [.. readings.Select(static reading => reading.Status.TimestampMs).Order()];
        long limit = (long)_settings.StalenessLimit.TotalMilliseconds;
        return timestamps.Length == 0 || timestamps[timestamps.Length / 2] < long.MinValue + limit
            ? long.MinValue
            : timestamps[timestamps.Length / 2] - limit;
    }

    private void Swap(Indexes indexes, List<FullModeInstance> departed, List<Description> changed)
    {
        ClusterView<FullModeInstance> view = indexes.View;
        lock (Gate)
        {
            foreach (FullModeInstance instance in departed)
            {
                _ledger.Forget(instance);
                instance.Slot = -1;
            }

            foreach (Description description in changed)
            {
                description.Instance.Describe(description.Metadata, description.Address);
            }

            Policy.State?.OnMembersChanged(view.Instances, MillisecondsAt(_time.GetTimestamp()));
            view.AssignSlots();
            _indexes = indexes;
            _indexes.Health.Attach();
            foreach (FullModeInstance instance in view.Instances)
            {
                _indexes.Table.Refresh(instance);
            }

            _isViewLoaded = true;
        }
    }

    private void ApplyStatuses(IReadOnlyList<InstanceReading> readings)
    {
        _news.Clear();
        _leftovers.Clear();
        long now = _time.GetTimestamp();
        int requestIds = 0;
        for (int i = 0; i < readings.Count; i++)
        {
            InstanceReading reading = readings[i];
            FullModeInstance member = _members[reading.Metadata.InstanceId];
            if (!ReferenceEquals(member.LastReadStatus, reading.Status))
            {
                // Outside of the lock: a fit takes microseconds.
                member.StepTimes?.Record(reading.Status, member.MaxBatchedTokens);
                _news.Add(reading);
                requestIds += reading.Status.RecentWaitingRequests.Count + (IsWaitingFollowed ? reading.Status.WaitingRequests.Count : 0);
            }
            else if (member is { HasAdvanced: false, IsHeldBack: false }
                && _time.GetElapsedTime(member.LastAdvance, now) >= FirstChangeLimit)
            {
                _leftovers.Add(member);
            }

            if (_news.Count >= StatusesPerLock || requestIds >= RequestIdsPerLock)
            {
                ApplyNews();
                requestIds = 0;
            }
        }

        ApplyNews();
        HoldBackLeftovers();
    }

    private void HoldBackLeftovers()
    {
        if (_leftovers.Count == 0)
        {
            return;
        }

        lock (Gate)
        {
            _leftovers.ForEach(static member => member.IsHeldBack = true);
            _indexes.Health.Invalidate();
        }
    }

    private void ApplyNews()
    {
        if (_news.Count == 0)
        {
            return;
        }

        lock (Gate)
        {
            long now = _time.GetTimestamp();
            double nowMs = MillisecondsAt(now);
            foreach (InstanceReading reading in _news)
            {
                Apply(_members[reading.Metadata.InstanceId], reading.Status, now, nowMs);
            }
        }

        _news.Clear();
    }

    /// <summary>
    /// A changed status tells that the engine lives and whether it takes requests, whatever its timestamp says: clocks are set back, and jump.
    /// Its load numbers count when its update_id is newer.
    /// </summary>
    private void Apply(FullModeInstance instance, InstanceStatus status, long now, double nowMs)
    {
        if (instance.IsStale || instance.IsHeldBack || instance.SharesAddress || instance.IsSchedulable != status.Schedulable)
        {
            _indexes.Health.Invalidate();
        }

        bool isLoadNewer = instance.AcceptsAnyUpdateId || IsLoadNewer(instance, status);
        instance.LastReadStatus = status;
        instance.Arrive(status.TimestampMs, nowMs);
        instance.IsSchedulable = status.Schedulable;
        instance.Advance(now);
        if (isLoadNewer)
        {
            instance.AcceptsAnyUpdateId = false;
            if (instance.Status.TotalGpuTokens != status.TotalGpuTokens)
            {
                _indexes.Capacities.Invalidate();
            }

            instance.TakeOver(status);
            long decodesInFlight = instance.Dispatched.DecodeRequests;
            _ledger.Acknowledge(instance, status);
            Policy.State?.OnAcknowledged(instance, decodesInFlight - instance.Dispatched.DecodeRequests, nowMs);
            _indexes.Table.Refresh(instance);
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

    /// <summary>Metadata that a member takes over, with what is made from it outside of the lock.</summary>
    private readonly record struct Description(FullModeInstance Instance, InstanceMetadata Metadata, InstanceAddress Address);
}
