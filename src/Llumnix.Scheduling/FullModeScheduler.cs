using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling;

/// <summary>
/// Full mode: decides by the statuses in the CMS and the dispatch ledger. Composes the fleet, the account of requests in flight, the intake of
/// readings, and the scheduler over them; all share one lock.
/// </summary>
public sealed class FullModeScheduler : IRequestScheduler, IClusterStateSink, IProbedFleet
{
    private readonly Lock _gate = new();
    private readonly Lock _synchronizing = new();
    private readonly SchedulerClock _clock;
    private readonly PolicyState<FullModeInstance>? _policyState;
    private readonly FullModeFleet _fleet;
    private readonly FullModeAccount _account;
    private readonly FleetCalibration? _calibration;
    private readonly FullModeMembership _membership;
    private readonly StatusIntake _statuses;
    private readonly RequestScheduler<FullModeInstance> _scheduler;

    /// <param name="policy">The policy; not shared with another scheduler.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">Monotonic time for ages. Its wall clock is read once, at the start.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    public FullModeScheduler(
        SchedulingPolicy<FullModeInstance> policy, FullModeOptions options, TimeProvider time, Random random)
    {
        _clock = new SchedulerClock(time);
        _policyState = policy.State;
        _fleet = new FullModeFleet(
            policy,
            options.Failover.ParseDomain(),
            _clock.ToTimestamps(options.Failover.InstanceStaleness),
            options.Failover.MaxUnreachablePercent,
            options.AreStaleInstancesLastResort,
            options.ReadingInterval is { } interval ? _clock.ToTimestamps(interval) : null,
            new FullModeDrains(_clock),
            random);
        PrefixHistory? history = options.CacheAware.UsesHistory ? new PrefixHistory(options.CacheAware.History, random.NextInt64()) : null;
        LedgerJournal? journal = options.Replica is null ? null : new LedgerJournal(time);
        _account = FullModeAccount.Make(options, _clock, history, _fleet, journal);
        Replica = options.Replica is { } self ? new LedgerReplica(self, _gate, time, journal!, _account.Entries, policy.Share) : null;
        _calibration = options is { LatencyPredictor: { } predictor, Calibration.Mode: not LatencyCorrectionMode.Off }
            ? new FleetCalibration(options.Calibration, predictor, _fleet.OnLoadChanged)
            : null;
        _account.Predictions = _calibration is null ? null : new OpenPredictions(_calibration);
        _membership = new FullModeMembership(options, policy, _fleet, _account, _calibration, _clock, _gate, () => Replica?.OnMembersChanged());
        _statuses = new StatusIntake(options, policy, _fleet, _account, _calibration, _clock, _gate);
        History = options.DecisionHistory > 0 ? new DecisionHistory(options.DecisionHistory, _gate) : null;
        _scheduler = new RequestScheduler<FullModeInstance>(policy, _fleet, _account, _clock, _gate, History);
        DrainControl = new DrainControl<FullModeInstance>(_gate, _fleet, _fleet.Drains, _fleet.MarkDraining, BringUpToDate);
    }

    /// <summary>The ledger among the scheduler's replicas; null without <see cref="FullModeOptions.Replica"/>.</summary>
    public LedgerReplica? Replica { get; }

    /// <summary>The drains of its instances.</summary>
    public IDrainControl DrainControl { get; }

    /// <summary>The last decisions; null without <see cref="FullModeOptions.DecisionHistory"/>.</summary>
    public DecisionHistory? History { get; }

    /// <inheritdoc/>
    public ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement)
    {
        ScheduleOutcome outcome = _scheduler.Schedule(in request, out placement);
        Replica?.OnChanged();
        return outcome;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RoleExplanation> Explain(in PlacementRequest request) => _scheduler.Explain(in request);

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance)
    {
        ReleasedInstance released = instance with { Host = HostAddress.Normalize(instance.Host) };
        _scheduler.Release(requestId, in released);
        Replica?.OnChanged();
    }

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        lock (_synchronizing)
        {
            // Membership first: the intake expects a member for each reading.
            _membership.Synchronize(readings);
            _statuses.Apply(readings, _membership);
        }
    }

    /// <inheritdoc/>
    public void Update(IReadOnlyList<InstanceReading> changed)
    {
        lock (_synchronizing)
        {
            _statuses.Apply(changed, _membership);
        }
    }

    /// <inheritdoc/>
    public bool IsSilent()
    {
        lock (_gate)
        {
            _scheduler.BringUpToDate();
            return _fleet.IsSilent;
        }
    }

    /// <inheritdoc/>
    public void SetStoreAvailable(bool available)
    {
        lock (_gate)
        {
            _fleet.IsStoreAvailable = available;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SilentInstance> FindSilent(TimeSpan silence)
    {
        var silent = new List<SilentInstance>();
        lock (_gate)
        {
            Moment now = _scheduler.BringUpToDate();
            long limit = now.Timestamp - _clock.ToTimestamps(silence);
            foreach (FullModeInstance instance in _fleet.Instances)
            {
                if (instance.LastAdvance <= limit && instance.Health is InstanceHealth.Ok or InstanceHealth.Unreachable)
                {
                    silent.Add(new SilentInstance(instance));
                }
            }
        }

        return silent;
    }

    /// <inheritdoc/>
    public void TakeProbe(SilentInstance instance, bool isReachable)
    {
        lock (_gate)
        {
            FullModeInstance probed = instance.Instance;
            if (probed.LastAdvance == instance.LastAdvance && probed.Slot >= 0 && isReachable == probed.UnreachableSince is not null)
            {
                probed.UnreachableSince = isReachable ? null : _clock.Now().Timestamp;
                _fleet.Indexes.Health.Invalidate();
            }
        }
    }

    /// <summary>A number that is another one when the health of an instance is. It costs less than <see cref="CaptureHealth"/> and allocates nothing.</summary>
    public int HealthFingerprint()
    {
        lock (_gate)
        {
            _scheduler.BringUpToDate();
            return _fleet.Indexes.Health.Fingerprint;
        }
    }

    /// <summary>The health of every instance now. The lock is held only while it is copied.</summary>
    public IReadOnlyList<InstanceState> CaptureHealth()
    {
        lock (_gate)
        {
            _scheduler.BringUpToDate();
            ReadOnlySpan<FullModeInstance> members = _fleet.Instances;
            var states = new InstanceState[members.Length];
            for (int slot = 0; slot < states.Length; slot++)
            {
                states[slot] = new InstanceState(members[slot].Address, members[slot].Health, members[slot].IsUnreachable)
                {
                    IsLastResort = _fleet.Indexes.Health.IsLastResort(members[slot]),
                };
            }

            return states;
        }
    }

    /// <summary>
    /// Takes over how far requests are, where statuses are readings of the engines' own metrics; otherwise only compares it with what was predicted. The lock
    /// is held for a few rows at a time.
    /// </summary>
    /// <returns>How many rows named a request in flight.</returns>
    public int Report(RequestProgressBatch progress)
    {
        const int RowsPerLock = 64;
        History?.Observe(progress, _clock.Now().Ms);
        int known = 0;
        for (int from = 0; from < progress.Count; from += RowsPerLock)
        {
            lock (_gate)
            {
                int count = Math.Min(RowsPerLock, progress.Count - from);
                _account.Predictions?.Report(progress, from, count, _clock.Now().Ms);
                known += _account.Report(progress, from, count);
            }
        }

        return known;
    }

    /// <summary>The cluster as it is now, for telemetry.</summary>
    public ClusterSnapshot Snapshot()
    {
        lock (_gate)
        {
            Moment now = _scheduler.BringUpToDate();
            ReadOnlySpan<FullModeInstance> members = _fleet.Instances;
            var instances = new InstanceSnapshot[members.Length];
            for (int slot = 0; slot < instances.Length; slot++)
            {
                FullModeInstance instance = members[slot];
                instances[slot] = new InstanceSnapshot(
                    instance.Metadata,
                    instance.Status,
                    instance.Dispatched,
                    InstanceLoad.Of(instance, now.Ms),
                    instance.Health,
                    instance.IsUnreachable,
                    _clock.Between(instance.LastAdvance, now.Timestamp),
                    instance.LatencyClass);
            }

            return new ClusterSnapshot(instances, _account.EntryCount, _account.ExpiredTotal);
        }
    }

    /// <summary>What is known of the errors of predictions, for telemetry; nothing where they are not compared with what comes.</summary>
    public CalibrationFigures CaptureCalibration()
    {
        if (_calibration is null)
        {
            return CalibrationFigures.None;
        }

        lock (_gate)
        {
            return _calibration.Figures(_fleet.Instances);
        }
    }

    /// <summary>The cluster as it is now, for planning migrations. The lock is held only while the instances are copied.</summary>
    public ReschedulingSnapshot CaptureForRescheduling()
    {
        lock (_gate)
        {
            _scheduler.BringUpToDate();
            ReadOnlySpan<FullModeInstance> members = _fleet.Instances;
            var copies = new FullModeInstance[members.Length];
            for (int slot = 0; slot < copies.Length; slot++)
            {
                copies[slot] = members[slot].Copy();
            }

            return new ReschedulingSnapshot(copies, _policyState?.CaptureForPlan(_fleet.Indexes.Health.HealthySlots(), members));
        }
    }

    private void BringUpToDate()
    {
        lock (_gate)
        {
            _scheduler.BringUpToDate();
        }
    }
}
