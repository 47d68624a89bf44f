using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling;

/// <summary>Lite mode: decisions over what discovery finds and what gateways have been told and report.</summary>
public sealed partial class LiteModeScheduler : RequestScheduler<LiteModeInstance>, IDiscoverySink, IGatewaySink
{
    /// <summary>A decision never waits for more work under the lock than this many rows of a report, or this many states to drop.</summary>
    private const int StatesPerLock = 64;

    private readonly IReadOnlyList<InstanceMetric<LiteModeInstance>> _metrics;
    private readonly LiteModeSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly RequestStateTable _states;
    private Indexes _indexes;
    private bool _isViewLoaded;

    /// <param name="policy">The policy; not shared with another scheduler.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">Monotonic time for lifetimes.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    public LiteModeScheduler(
        SchedulingPolicy<LiteModeInstance> policy, LiteModeSettings settings, TimeProvider time, Random random)
        : base(policy)
    {
        _metrics = policy.Metrics;
        _settings = settings;
        _time = time;
        _random = random;
        _states = new RequestStateTable(
            OnLoadChanged,
            new RequestStateLifetimes(ToTimestamps(settings.StateLifetime), ToTimestamps(settings.LostGatewayStateLifetime)),
            settings.MaxStates,
            settings.MaxTokensPerState);
        _indexes = MakeIndexes(ClusterView<LiteModeInstance>.Empty, static instance => instance.Description);
    }

    /// <inheritdoc/>
    public override void Release(string requestId, in ReleasedInstance instance)
    {
        lock (Gate)
        {
            _states.Release(requestId, in instance);
        }
    }

    /// <inheritdoc/>
    public int Report(RequestProgressBatch progress)
    {
        int known = 0;
        for (int start = 0; start < progress.Count; start += StatesPerLock)
        {
            int end = Math.Min(start + StatesPerLock, progress.Count);
            lock (Gate)
            {
                known += ReportRows(progress, start, end);
            }
        }

        return known;
    }

    /// <inheritdoc/>
    public void OnGatewayConnected(string gatewayId, bool isProven = false)
    {
        lock (Gate)
        {
            _states.Connect(gatewayId, isProven);
        }
    }

    /// <inheritdoc/>
    public void OnGatewayLost(string gatewayId, bool isProven = false)
    {
        Gateway? gateway;
        lock (Gate)
        {
            gateway = _states.Disconnect(gatewayId, isProven, _time.GetTimestamp());
        }

        bool isMore = gateway is not null;
        while (isMore)
        {
            lock (Gate)
            {
                isMore = _states.RemoveSome(ref gateway!.States, StatesPerLock);
            }
        }
    }

    /// <summary>The fleet as it is now, for telemetry.</summary>
    public LiteModeSnapshot Snapshot()
    {
        bool isMore = true;
        while (isMore)
        {
            long now = _time.GetTimestamp();
            lock (Gate)
            {
                isMore = _states.Expire(now);
            }
        }

        lock (Gate)
        {
            var instances = new LiteModeInstanceSnapshot[_indexes.View.Count];
            for (int slot = 0; slot < instances.Length; slot++)
            {
                LiteModeInstance instance = _indexes.View.Instances[slot];
                instances[slot] = new LiteModeInstanceSnapshot(instance.Description, instance.Held);
            }

            return new LiteModeSnapshot(instances, _states.Count, _states.ExpiredTotal, _states.ConnectedGateways);
        }
    }

    /// <inheritdoc/>
    private protected override long BringUpToDate()
    {
        long now = _time.GetTimestamp();
        _states.Expire(now);
        return now;
    }

    /// <inheritdoc/>
    private protected override RequestFacts Facts(in ScheduleRequest request) => new(request.PromptTokens);

    /// <inheritdoc/>
    private protected override ScheduleOutcome Choose(
        in ScheduleRequest request, InferType role, out LiteModeInstance? instance, out bool isLate)
    {
        ReadOnlySpan<int> candidates = _indexes.Models.SlotsOf(role, request.Model);
        Prepare(Policy, role, candidates);
        Selection selection = candidates.IsEmpty
            ? Selection.None
            : _indexes.Scope.Choose(Policy, role, candidates, new RequestFacts(request.PromptTokens));
        isLate = selection.IsLate;
        instance = selection.IsNone ? null : _indexes.View.Instances[selection.Slot];
        return selection.IsNone ? ReasonOfRefusal(candidates) : ScheduleOutcome.Placed;
    }

    /// <inheritdoc/>
    private protected override DecisionTrace<LiteModeInstance> Trace(
        in ScheduleRequest request, InferType role, SchedulingPolicy<LiteModeInstance> policy, Random random, out ScheduleOutcome outcome)
    {
        ReadOnlySpan<int> candidates = _indexes.Models.SlotsOf(role, request.Model);
        (int start, int end) = _indexes.View.SlotsOf(role);
        var trace = new DecisionTrace<LiteModeInstance>(_indexes.View.Count)
        {
            Considered = [.. Enumerable.Range(start, end - start)],
            Ids = [.. _indexes.View.Instances.ToArray().Select(static instance => instance.Id)],
        };
        trace.Drop(trace.Considered, candidates, "model", isOnlyUnwanted: false);
        Prepare(policy, role, candidates);
        _indexes.Scope.Explain(policy, role, candidates, new RequestFacts(request.PromptTokens), random, trace);
        outcome = trace.Pick >= 0 ? ScheduleOutcome.Placed : ReasonOfRefusal(candidates);
        return trace;
    }

    private void Prepare(SchedulingPolicy<LiteModeInstance> policy, InferType role, ReadOnlySpan<int> candidates)
    {
        if (!candidates.IsEmpty)
        {
            policy.State?.PrepareDecision(role, candidates, _indexes.View.Instances);
        }
    }

    private ScheduleOutcome ReasonOfRefusal(ReadOnlySpan<int> candidates) =>
        !_isViewLoaded ? ScheduleOutcome.StoreNotAvailable
        : candidates.IsEmpty ? ScheduleOutcome.EndpointNotFound
        : ScheduleOutcome.NoAvailableEndpoint;

    /// <inheritdoc/>
    private protected override PlacedInstance Account(
        in ScheduleRequest request, LiteModeInstance instance, InferType role, long now)
    {
        // The decode of a staged request is asked for when its prefill is over.
        bool isPrefillDone = role == InferType.Decode && request.Mode == SchedulingMode.PdStaged;
        _states.Add(request.Id, instance, role, request.GatewayId, request.PromptTokens, isPrefillDone, now);
        return new PlacedInstance(instance.Address, role, null);
    }

    private int ReportRows(RequestProgressBatch progress, int start, int end)
    {
        long now = _time.GetTimestamp();
        int known = 0;
        for (int row = start; row < end; row++)
        {
            bool isKnown = _states.Report(
                progress.RequestId(row),
                progress.InstanceId(row),
                progress.GatewayId(row),
                progress.Tokens(row),
                progress.IsPrefillDone(row),
                now);
            known += isKnown ? 1 : 0;
        }

        return known;
    }

    /// <summary>An instance that has left has no slot; its states are on their way out.</summary>
    private void OnLoadChanged(LiteModeInstance instance)
    {
        if (instance.Slot >= 0)
        {
            _indexes.Table.Refresh(instance);
        }
    }

    private Indexes MakeIndexes(ClusterView<LiteModeInstance> view, Func<LiteModeInstance, DiscoveredInstance> describe)
    {
        var table = new MetricTable<LiteModeInstance>(_metrics, view.Count);
        return new Indexes(
            view,
            table,
            new ModelIndex(view, describe, _settings.IsMultiModelSupported),
            new DecisionScope<LiteModeInstance>(view, table, _random));
    }

    private long ToTimestamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The view and everything that is made from it; replaced as a whole.</summary>
    private sealed record Indexes(
        ClusterView<LiteModeInstance> View,
        MetricTable<LiteModeInstance> Table,
        ModelIndex Models,
        DecisionScope<LiteModeInstance> Scope);
}
