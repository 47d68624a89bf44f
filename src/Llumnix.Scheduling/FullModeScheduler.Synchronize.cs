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

    private readonly Lock _synchronizing = new();
    private readonly Dictionary<string, FullModeInstance> _members = new(StringComparer.Ordinal);
    private readonly List<InstanceReading> _news = [];

    /// <inheritdoc/>
    public void SetStoreAvailable(bool available)
    {
        lock (Gate)
        {
            _isStoreAvailable = available;
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
        foreach (InstanceReading reading in readings)
        {
            current[reading.Metadata.InstanceId] = reading.Metadata;
            TakeOver(reading, departed);
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
    private void TakeOver(InstanceReading reading, List<FullModeInstance> departed)
    {
        string id = reading.Metadata.InstanceId;
        bool isKnown = _members.TryGetValue(id, out FullModeInstance? member);
        if (isKnown && member!.Metadata.UtcCreate.Equals(reading.Metadata.UtcCreate))
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
            LastAdvance = FirstSighting(reading.Status),
            FollowsWaitingRequests = IsWaitingFollowed,
            DefaultMaxBatchedTokens = _settings.MaxBatchedTokens,
            StepTimes = MakeLearner(reading.Metadata.InferType),
        };
        double nowMs = WallClockMs();
        instance.ObserveClock(nowMs);
        instance.DecodeGain = new DecodeGain(nowMs);
        _members[id] = instance;
    }

    private StepTimeLearner? MakeLearner(InferType inferType) =>
        _settings.PredictorWarmupSamples is { } samples && (inferType != InferType.Decode || Policy.IgnoresInferTypes)
            ? new StepTimeLearner(samples)
            : null;

    /// <summary>At its first sighting a status is as old as the wall clocks say; in the future counts as new.</summary>
    private long FirstSighting(InstanceStatus status)
    {
        double age = Math.Max(0.0, (double)_time.GetUtcNow().ToUnixTimeMilliseconds() - status.TimestampMs);
        double limit = 2.0 * _settings.StalenessLimit.TotalMilliseconds;
        return _time.GetTimestamp() - (long)(Math.Min(age, limit + 1000) / 1000 * _time.TimestampFrequency);
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

            view.AssignSlots();
            _indexes = indexes;
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

            if (_news.Count >= StatusesPerLock || requestIds >= RequestIdsPerLock)
            {
                ApplyNews();
                requestIds = 0;
            }
        }

        ApplyNews();
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
            double nowMs = WallClockMs();
            foreach (InstanceReading reading in _news)
            {
                Apply(_members[reading.Metadata.InstanceId], reading.Status, now, nowMs);
            }
        }

        _news.Clear();
    }

    /// <summary>
    /// A status with an older or equal timestamp is no news. One whose update_id is not newer only tells that the engine lives and
    /// whether it takes requests.
    /// </summary>
    private void Apply(FullModeInstance instance, InstanceStatus status, long now, double nowMs)
    {
        instance.LastReadStatus = status;
        if (status.TimestampMs <= instance.TimestampMs)
        {
            return;
        }

        if (instance.IsStale || instance.IsSchedulable != status.Schedulable)
        {
            _indexes.Health.Invalidate();
        }

        instance.TimestampMs = status.TimestampMs;
        instance.ObserveClock(nowMs);
        instance.IsSchedulable = status.Schedulable;
        instance.LastAdvance = now;
        if (instance.AcceptsAnyUpdateId || status.UpdateId > instance.Status.UpdateId)
        {
            instance.AcceptsAnyUpdateId = false;
            instance.TakeOver(status);
            long decodesUnderWay = instance.Dispatched.DecodeRequests;
            _ledger.Acknowledge(instance, status);
            if (instance.Dispatched.DecodeRequests < decodesUnderWay)
            {
                instance.DecodeGain.Join(nowMs);
            }

            _indexes.Table.Refresh(instance);
        }
    }

    /// <summary>Metadata that a member takes over, with what is made from it outside of the lock.</summary>
    private readonly record struct Description(FullModeInstance Instance, InstanceMetadata Metadata, InstanceAddress Address);
}
