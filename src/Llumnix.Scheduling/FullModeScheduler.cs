using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling;

/// <summary>
/// Full mode: decisions over what the CMS says and the dispatch ledger.
/// </summary>
public sealed partial class FullModeScheduler : RequestScheduler<FullModeInstance>, IClusterStateSink
{
    private static readonly string[] HealthNames = ["ok", "unschedulable", "stale", "failover"];
    private readonly IReadOnlyList<InstanceMetric<FullModeInstance>> _metrics;
    private readonly FullModeSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly DispatchLedger _ledger;
    private readonly HeldRequests? _held;
    private readonly long _ledgerLifetime;
    private readonly long _stalenessLimit;
    private readonly long _start;
    private readonly TimeSpan _startTime;
    private double _nowMs;
    private long _now;
    private Indexes _indexes;
    private bool _isStoreAvailable;
    private bool _isViewLoaded;

    /// <param name="policy">The policy; not shared with another scheduler.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">Monotonic time for ages. Its wall clock is looked at once, at the start.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    public FullModeScheduler(
        SchedulingPolicy<FullModeInstance> policy, FullModeSettings settings, TimeProvider time, Random random)
        : base(policy)
    {
        _metrics = policy.Metrics;
        _settings = settings;
        _time = time;
        _random = random;
        _ledger = new DispatchLedger(instance => _indexes!.Table.Refresh(instance), followsWaiting: IsWaitingFollowed);
        _start = time.GetTimestamp();
        _startTime = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        _held = settings.HeldRequestLifetime is { } lifetime ? new HeldRequests(ToTimestamps(lifetime)) : null;
        _ledgerLifetime = ToTimestamps(settings.LedgerEntryLifetime);
        _stalenessLimit = ToTimestamps(settings.StalenessLimit);
        _indexes = MakeIndexes(ClusterView<FullModeInstance>.Empty, static instance => instance.Metadata);
    }

    private bool IsWaitingFollowed => _settings is { IsCacheAware: true, IsLedgerEnabled: true };

    /// <inheritdoc/>
    public override void Release(string requestId, in ReleasedInstance instance)
    {
        ReleasedInstance released = instance with { Host = HostAddress.Normalize(instance.Host) };
        lock (Gate)
        {
            _ledger.Release(requestId, in released);
        }
    }

    /// <summary>The cluster as it is now, for telemetry.</summary>
    public ClusterSnapshot Snapshot()
    {
        lock (Gate)
        {
            long now = BringUpToDate();
            double nowMs = _nowMs;
            var instances = new InstanceSnapshot[_indexes.View.Count];
            for (int slot = 0; slot < instances.Length; slot++)
            {
                FullModeInstance instance = _indexes.View.Instances[slot];
                instances[slot] = new InstanceSnapshot(
                    instance.Metadata,
                    instance.Status,
                    instance.Dispatched,
                    InstanceLoad.Of(instance, nowMs),
                    instance.Health,
                    _time.GetElapsedTime(instance.LastAdvance, now));
            }

            return new ClusterSnapshot(instances, _ledger.Count, _ledger.ExpiredTotal);
        }
    }

    /// <summary>The cluster as it is now, for planning migrations. The lock is held only for copying.</summary>
    public ReschedulingSnapshot CaptureForRescheduling()
    {
        lock (Gate)
        {
            BringUpToDate();
            ReadOnlySpan<FullModeInstance> members = _indexes.View.Instances;
            var copies = new FullModeInstance[members.Length];
            for (int slot = 0; slot < copies.Length; slot++)
            {
                copies[slot] = members[slot].Copy();
            }

            return new ReschedulingSnapshot(copies, Policy.State?.CaptureForPlan(_indexes.Health.HealthySlots(), members));
        }
    }

    /// <inheritdoc/>
    private protected override long BringUpToDate()
    {
        long now = _time.GetTimestamp();
        _ledger.ExpireUntil(now - _ledgerLifetime);
        _indexes.Health.Refresh(now);
        _held?.Expire(now);
        _nowMs = MillisecondsAt(now);
        return _now = now;
    }

    /// <inheritdoc/>
    private protected override ScheduleOutcome Choose(
        in ScheduleRequest request, InferType role, out FullModeInstance? instance, out bool isLate)
    {
        instance = null;
        ReadOnlySpan<int> healthy = HealthySlots(role);
        ReadOnlySpan<int> candidates = _indexes.Capacities.Holding(healthy, request.PromptTokens);
        Prepare(Policy, role, healthy);
        Selection selection = candidates.IsEmpty ? Selection.None : _indexes.Scope.Choose(Policy, role, candidates, Facts(in request));
        isLate = selection.IsLate;
        if (!selection.IsNone)
        {
            instance = _indexes.View.Instances[selection.Slot];
            return ScheduleOutcome.Placed;
        }

        ScheduleOutcome outcome = ReasonOfRefusal(in request, role, candidates);
        if (outcome == ScheduleOutcome.Held)
        {
            _held!.Add(request.Id, _now);
        }

        return outcome;
    }

    /// <inheritdoc/>
    private protected override DecisionTrace<FullModeInstance> Trace(
        in ScheduleRequest request, InferType role, SchedulingPolicy<FullModeInstance> policy, Random random, out ScheduleOutcome outcome)
    {
        ReadOnlySpan<FullModeInstance> instances = _indexes.View.Instances;
        (int start, int end) = SlotsOf(role);
        var trace = new DecisionTrace<FullModeInstance>(instances.Length)
        {
            Considered = [.. Enumerable.Range(start, end - start)],
            Ids = [.. instances.ToArray().Select(static instance => instance.Id)],
        };
        foreach (int slot in trace.Considered)
        {
            if (instances[slot].Health != InstanceHealth.Ok)
            {
                trace.Drop(slot, HealthNames[(int)instances[slot].Health]);
            }
        }

        ReadOnlySpan<int> healthy = HealthySlots(role);
        ReadOnlySpan<int> candidates = _indexes.Capacities.Holding(healthy, request.PromptTokens);
        trace.Drop(healthy, candidates, KvCapacityIndex.FilterName, isOnlyUnwanted: false);
        Prepare(policy, role, healthy);
        _indexes.Scope.Explain(policy, role, candidates, Facts(in request), random, trace);
        outcome = trace.Pick >= 0 ? ScheduleOutcome.Placed : ReasonOfRefusal(in request, role, candidates);
        return trace;
    }

    /// <summary>Lets the policy see all healthy instances: what it settles for good must not depend on which of them can hold one prompt.</summary>
    private void Prepare(SchedulingPolicy<FullModeInstance> policy, InferType role, ReadOnlySpan<int> healthy)
    {
        if (!healthy.IsEmpty)
        {
            policy.State?.PrepareDecision(role, healthy, _indexes.View.Instances);
        }
    }

    private ReadOnlySpan<int> HealthySlots(InferType role) =>
        Policy.IgnoresInferTypes ? _indexes.Health.HealthySlots() : _indexes.Health.HealthySlots(role);

    /// <summary>First slot of the instances that may take a role, healthy or not, and the slot behind the last.</summary>
    private (int Start, int End) SlotsOf(InferType role) =>
        Policy.IgnoresInferTypes ? (0, _indexes.View.Count) : _indexes.View.SlotsOf(role);

    private ScheduleOutcome ReasonOfRefusal(in ScheduleRequest request, InferType role, ReadOnlySpan<int> candidates)
    {
        (int start, int end) = SlotsOf(role);
        return IsStoreLost() ? ScheduleOutcome.StoreNotAvailable
            : start == end ? ScheduleOutcome.EndpointNotFound
            : !_indexes.Capacities.IsAnyHolding(start, end, request.PromptTokens) ? ScheduleOutcome.PromptTooLong
            : !candidates.IsEmpty && _held is not null ? ScheduleOutcome.Held
            : ScheduleOutcome.NoAvailableEndpoint;
    }

    /// <summary>Engines do not all die at once: when not one status is fresh, the source is at fault, also one whose store answers.</summary>
    private bool IsStoreLost() =>
        !_isViewLoaded || (_indexes.Health.IsEveryInstanceStale() && (_indexes.View.Count > 0 || !_isStoreAvailable));

    /// <inheritdoc/>
    private protected override PlacedInstance Account(
        in ScheduleRequest request, FullModeInstance instance, InferType role, long now)
    {
        _held?.Remove(request.Id);
        int hit = request.PrefixHits?.On(instance, request.PromptTokens) ?? 0;
        RequestFacts facts = Facts(in request);
        LatencyPredictor? predictor = _settings.LatencyPredictor;
        var placed = new PlacedInstance(
            instance.Address,
            role,
            InstanceLoad.Of(instance, facts.NowMs),
            hit,
            role == InferType.Decode ? null : predictor?.TtftMs(instance, in facts),
            role == InferType.Prefill ? null : predictor?.TpotMs(instance, in facts));
        if (_settings.IsLedgerEnabled)
        {
            _ledger.Add(request.Id, instance, role, request.PromptTokens, request.PromptTokens - hit, now);
        }

        return placed;
    }

    /// <inheritdoc/>
    private protected override RequestFacts Facts(in ScheduleRequest request) => new(
        request.PromptTokens,
        request.PrefixHits,
        _nowMs,
        _held?.SinceOf(request.Id) is { } since ? _time.GetElapsedTime(since, _now).TotalMilliseconds : 0);

    /// <summary>The scheduler's clock: the wall clock at the start and the monotonic time since, so that setting the wall clock changes nothing.</summary>
    private double MillisecondsAt(long timestamp) => (_startTime + _time.GetElapsedTime(_start, timestamp)).TotalMilliseconds;

    private Indexes MakeIndexes(ClusterView<FullModeInstance> view, Func<FullModeInstance, InstanceMetadata> metadataOf)
    {
        var table = new MetricTable<FullModeInstance>(_metrics, view.Count);
        return new Indexes(
            view,
            table,
            new HealthIndex(view, metadataOf, _settings.FailureDomain, _stalenessLimit),
            new KvCapacityIndex(view),
            new DecisionScope<FullModeInstance>(view, table, _random));
    }

    private long ToTimestamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The view and everything that is made from it; replaced as a whole.</summary>
    private sealed record Indexes(
        ClusterView<FullModeInstance> View,
        MetricTable<FullModeInstance> Table,
        HealthIndex Health,
        KvCapacityIndex Capacities,
        DecisionScope<FullModeInstance> Scope);
}
