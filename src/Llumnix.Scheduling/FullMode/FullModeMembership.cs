using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// The fleet's membership: compares the source's readings with the members, and builds a new view when they differ. For one caller at a time; takes
/// the scheduler's lock only to swap the view.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="policy">The policy, whose state is notified of changes.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="account">The account, which drops the entries of departing instances.</param>
/// <param name="calibration">Compares predictions with what comes; null where nothing is compared.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">The scheduler's lock.</param>
/// <param name="onChanged">Called under the lock after a change of membership.</param>
internal sealed class FullModeMembership(
    FullModeOptions options,
    SchedulingPolicy<FullModeInstance> policy,
    FullModeFleet fleet,
    FullModeAccount account,
    FleetCalibration? calibration,
    SchedulerClock clock,
    Lock gate,
    Action onChanged)
{
    private readonly Dictionary<string, FullModeInstance> _members = new(StringComparer.Ordinal);
    private readonly LatencyPredictor? _predictor = options.LatencyPredictor;

    /// <summary>The member with an id; null where there is none.</summary>
    internal FullModeInstance? Find(string instanceId) => _members.GetValueOrDefault(instanceId);

    /// <summary>Makes the membership equal to the readings.</summary>
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
        Dictionary<string, Description> changed = _members.Values
            .Where(member => !ReferenceEquals(member.Metadata, current[member.Id]))
            .ToDictionary(static member => member.Id, member => Describe(member, current[member.Id]), StringComparer.Ordinal);
        // Slots of the same class lie together: latencies of neighbours are computed at a time where the same tables describe them.
        var view = new ClusterView<FullModeInstance>(
            [.. _members.Values],
            member => current[member.Id].InferType,
            member => (changed.TryGetValue(member.Id, out Description described) ? described.Class : _predictor?.ClassOf(member))?.Rank ?? 0);
        Swap(fleet.MakeIndexes(view, member => current[member.Id]), departed, changed.Values);
    }

    /// <summary>What new metadata change, found out beside the lock. With the class, what has been learned of the errors of its tables begins anew.</summary>
    private Description Describe(FullModeInstance member, InstanceMetadata metadata)
    {
        ProfileClass? of = _predictor?.Classes.Of(metadata);
        InstanceCalibration? learned = of is null || of == _predictor!.ClassOf(member) ? member.Calibration : calibration?.Join(metadata, of);
        return new Description(member, metadata, FullModeInstance.AddressOf(metadata), of, learned);
    }

    private void RemoveMember(FullModeInstance member)
    {
        if (_members.TryGetValue(member.Id, out FullModeInstance? present) && present == member)
        {
            _members.Remove(member.Id);
        }
    }

    /// <summary>Makes a new instance for a new id, or for a known id whose engine was restarted.</summary>
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
            FollowsWaitingRequests = options.AreWaitingRequestsFollowed || options.Ledger.IsReconciled || !reading.Metadata.NamesRequests,
            DefaultMaxBatchedTokens = options.PrefillProgress.MaxBatchedTokens,
            StepTimes = MakeLearner(reading.Metadata.InferType),
        };
        if (_predictor?.ClassOf(instance) is { } of && calibration?.Join(reading.Metadata, of) is { } joined)
        {
            instance.Calibration = joined;
            instance.LatencyFactors = calibration.InitialFactors(joined);
        }

        instance.Arrive(reading.Status.TimestampMs, now.Ms);
        _members[id] = instance;
    }

    /// <summary>
    /// Whether two metadata are of the same engine process: with equal creation times or, where none is reported, at the same address. What writes
    /// statuses without requests is another process, too: its entries are in another ledger.
    /// </summary>
    private static bool IsSameProcess(InstanceMetadata before, InstanceMetadata now) => before.UtcCreate.Equals(now.UtcCreate)
        && before.NamesRequests == now.NamesRequests
        && (now.UtcCreate != 0 || (before.Host == now.Host && before.ApiServerPort == now.ApiServerPort));

    private StepTimeLearner? MakeLearner(InferType inferType) =>
        options.PrefillProgress.IsEnabled && (inferType != InferType.Decode || policy.IgnoresInferTypes)
            ? new StepTimeLearner(options.PrefillProgress.WarmupSamples)
            : null;

    /// <summary>
    /// The median timestamp of the statuses minus the staleness limit. A status that is older when it is first seen is taken for the leftover of a dead
    /// engine until it changes. The median makes the test independent of the scheduler's clock and of a single engine's clock that runs ahead.
    /// </summary>
    private long OldestPlausibleMs(IReadOnlyList<InstanceReading> readings)
    {
        long[] timestamps = [.. readings.Select(static reading => reading.Status.TimestampMs).Order()];
        long limit = (long)options.Failover.InstanceStaleness.TotalMilliseconds;
        return timestamps.Length == 0 || timestamps[timestamps.Length / 2] < long.MinValue + limit
            ? long.MinValue
            : timestamps[timestamps.Length / 2] - limit;
    }

    private void Swap(FullModeIndexes indexes, List<FullModeInstance> departed, IReadOnlyCollection<Description> changed)
    {
        lock (gate)
        {
            foreach (FullModeInstance instance in departed)
            {
                account.Forget(instance);
                instance.Slot = -1;
            }

            foreach (Description description in changed)
            {
                TakeOver(in description);
            }

            policy.State?.OnMembersChanged(indexes.View.Instances, clock.Now().Ms);
            fleet.Use(indexes);
            onChanged();
        }
    }

    private void TakeOver(in Description description)
    {
        FullModeInstance instance = description.Instance;
        instance.Describe(description.Metadata, description.Address);
        if (description.Class is { } of)
        {
            _predictor!.Assign(instance, of);
        }

        if (instance.Calibration != description.Calibration)
        {
            instance.Calibration = description.Calibration;
            instance.LatencyFactors = instance.Calibration is { } joined ? calibration!.InitialFactors(joined) : LatencyFactors.None;
        }
    }

    /// <summary>New metadata for a member, with what follows from them and is made outside of the lock.</summary>
    private readonly record struct Description(
        FullModeInstance Instance, InstanceMetadata Metadata, InstanceAddress Address, ProfileClass? Class, InstanceCalibration? Calibration);
}
