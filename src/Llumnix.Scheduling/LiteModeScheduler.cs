using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling;

/// <summary>
/// Lite mode: decides by the instances that discovery finds and the tracked load of request states. Composes the fleet, the account of request
/// states, the intake of discovery, and the scheduler over them; all share one lock.
/// </summary>
public sealed class LiteModeScheduler : IRequestScheduler, IDiscoverySink, IGatewaySink
{
    private readonly Lock _gate = new();
    private readonly SchedulerClock _clock;
    private readonly LiteModeFleet _fleet;
    private readonly RequestStateAccount _account;
    private readonly LiteModeMembership _membership;
    private readonly RequestScheduler<LiteModeInstance> _scheduler;

    /// <param name="policy">The policy; not shared with another scheduler.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">Monotonic time for lifetimes. Its wall clock is read once, at the start.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    public LiteModeScheduler(
        SchedulingPolicy<LiteModeInstance> policy, LiteModeOptions options, TimeProvider time, Random random)
    {
        _clock = new SchedulerClock(time);
        _fleet = new LiteModeFleet(policy, options.IsMultiModelSupported, new LiteModeDrains(_clock), random);
        LedgerJournal? journal = options.Replica is null ? null : new LedgerJournal(time);
        _account = new RequestStateAccount(options, _clock, _fleet, _gate, journal);
        Replica = options.Replica is { } self ? new LedgerReplica(self, _gate, time, journal!, _account.States, policy.Share) : null;
        _membership = new LiteModeMembership(policy, _fleet, _account, _clock, _gate, () => Replica?.OnMembersChanged());
        History = options.DecisionHistory > 0 ? new DecisionHistory(options.DecisionHistory, _gate) : null;
        _scheduler = new RequestScheduler<LiteModeInstance>(policy, _fleet, _account, _clock, _gate, History);
        DrainControl = new DrainControl<LiteModeInstance>(_gate, _fleet, _fleet.Drains, _fleet.MarkDraining, _account.ExpireAll);
    }

    /// <summary>The ledger among the scheduler's replicas; null without <see cref="LiteModeOptions.Replica"/>.</summary>
    public LedgerReplica? Replica { get; }

    /// <summary>The drains of its instances.</summary>
    public IDrainControl DrainControl { get; }

    /// <summary>The last decisions; null without <see cref="LiteModeOptions.DecisionHistory"/>.</summary>
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
        _scheduler.Release(requestId, in instance);
        Replica?.OnChanged();
    }

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances) => _membership.Synchronize(instances);

    /// <inheritdoc/>
    public int Report(RequestProgressBatch progress)
    {
        History?.Observe(progress, _clock.Now().Ms);
        return _account.Report(progress);
    }

    /// <inheritdoc/>
    public void OnGatewayConnected(string gatewayId, bool isProven = false) => _account.OnGatewayConnected(gatewayId, isProven);

    /// <inheritdoc/>
    public void OnGatewayLost(string gatewayId, bool isProven = false) => _account.OnGatewayLost(gatewayId, isProven);

    /// <summary>Every instance now. The lock is held only while they are copied.</summary>
    public IReadOnlyList<InstanceState> CaptureHealth()
    {
        lock (_gate)
        {
            ReadOnlySpan<LiteModeInstance> members = _fleet.Instances;
            var states = new InstanceState[members.Length];
            for (int slot = 0; slot < states.Length; slot++)
            {
                states[slot] = new InstanceState(members[slot].Address, InstanceHealth.Ok, IsUnreachable: false);
            }

            return states;
        }
    }

    /// <summary>The fleet as it is now, for telemetry.</summary>
    public LiteModeSnapshot Snapshot()
    {
        // Before the lock: it expires in pieces, each under the lock for a short time.
        _account.ExpireAll();
        lock (_gate)
        {
            ReadOnlySpan<LiteModeInstance> members = _fleet.Instances;
            var instances = new LiteModeInstanceSnapshot[members.Length];
            for (int slot = 0; slot < instances.Length; slot++)
            {
                instances[slot] = new LiteModeInstanceSnapshot(members[slot].Description, members[slot].Tracked, members[slot].IsDraining);
            }

            RequestStateTable states = _account.States;
            return new LiteModeSnapshot(instances, states.Count, states.ExpiredTotal, states.ConnectedGateways);
        }
    }
}
