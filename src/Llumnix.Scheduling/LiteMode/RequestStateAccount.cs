using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>
/// Lite mode's account: a state per request and role, kept current by the gateways' reports. Long work is done in pieces, each under a hold of the
/// scheduler's lock of its own, so that a decision waits for one piece at most.
/// </summary>
internal sealed class RequestStateAccount : Account<LiteModeInstance>, IGatewaySink
{
    /// <summary>Size of a piece, and so the bound of a decision's wait: rows of a report, or states to drop.</summary>
    private const int StatesPerLock = 64;

    /// <summary>
    /// Reports come every second by default; a state that only they have made known ends when none has named it for so long. Nothing else ends it when its
    /// gateway falls silent.
    /// </summary>
    private static readonly TimeSpan ReportedStateLifetime = TimeSpan.FromSeconds(30);

    private readonly RequestStateTable _states;
    private readonly LiteModeFleet _fleet;
    private readonly SchedulerClock _clock;
    private readonly Lock _gate;

    /// <param name="options">The options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="fleet">The fleet, which is told of changed loads.</param>
    /// <param name="gate">The scheduler's lock.</param>
    /// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
    internal RequestStateAccount(LiteModeOptions options, SchedulerClock clock, LiteModeFleet fleet, Lock gate, LedgerJournal? journal)
    {
        _fleet = fleet;
        _clock = clock;
        _gate = gate;
        _states = new RequestStateTable(
            fleet.OnLoadChanged,
            new RequestStateLifetimes(
                clock.ToTimestamps(options.StateLifetime),
                clock.ToTimestamps(options.LostGatewayStateLifetime),
                clock.ToTimestamps(ReportedStateLifetime)),
            options.MaxStates,
            options.MaxTokensPerState,
            journal,
            id => fleet.Find(id));
    }

    /// <summary>The table of request states.</summary>
    internal RequestStateTable States => _states;

    /// <inheritdoc/>
    public override bool IsDeferring => false;

    /// <inheritdoc/>
    public override void Expire(Moment now) => _states.Expire(now.Timestamp);

    /// <inheritdoc/>
    public override RequestFacts FactsOf(in PlacementRequest request, Moment now) => new(request.PromptTokens, NowMs: now.Ms);

    /// <inheritdoc/>
    public override PlacedInstance Add(in PlacementRequest request, LiteModeInstance instance, InferType role, in RequestFacts facts, Moment now)
    {
        // With staged PD the gateway asks for the decode when the prefill is done.
        bool isPrefillDone = role == InferType.Decode && request.Mode == SchedulingMode.PdStaged;
        _states.Add(request.Id, instance, role, request.GatewayId, request.PromptTokens, isPrefillDone, now.Timestamp);
        return new PlacedInstance(instance.Address, role, null);
    }

    /// <inheritdoc/>
    public override void Defer(string requestId, Moment now) => throw new InvalidOperationException("Lite mode predicts no latencies and defers nothing.");

    /// <inheritdoc/>
    public override void Release(string requestId, in ReleasedInstance instance) => _states.Release(requestId, in instance);

    /// <inheritdoc/>
    public int Report(RequestProgressBatch progress)
    {
        int known = 0;
        long startedAt = _clock.Now().Timestamp;
        for (int start = 0; start < progress.Count; start += StatesPerLock)
        {
            int end = Math.Min(start + StatesPerLock, progress.Count);
            lock (_gate)
            {
                known += ReportRows(progress, start, end);
            }
        }

        for (int row = 0; row < progress.Count; row++)
        {
            if (row == 0 || !progress.GatewayId(row).SequenceEqual(progress.GatewayId(row - 1)))
            {
                RemoveOmitted(progress.GatewayId(row), startedAt);
            }
        }

        return known;
    }

    /// <inheritdoc/>
    public void OnGatewayConnected(string gatewayId, bool isProven = false)
    {
        lock (_gate)
        {
            _states.Connect(gatewayId, isProven);
        }
    }

    /// <inheritdoc/>
    public void OnGatewayLost(string gatewayId, bool isProven = false)
    {
        Gateway? gateway;
        lock (_gate)
        {
            gateway = _states.Disconnect(gatewayId, isProven, _clock.Now().Timestamp);
        }

        bool isMore = gateway is not null;
        while (isMore)
        {
            lock (_gate)
            {
                isMore = _states.RemoveSome(ref gateway!.States, StatesPerLock);
            }
        }
    }

    /// <summary>Drops the states of an instance that has left, in pieces. Called without the lock.</summary>
    internal void Forget(LiteModeInstance departed)
    {
        bool isMore = true;
        while (isMore)
        {
            lock (_gate)
            {
                isMore = _states.RemoveSome(ref departed.States, StatesPerLock);
            }
        }
    }

    /// <summary>Drops every state that has outlived its lifetime, in pieces. Called without the lock.</summary>
    internal void ExpireAll()
    {
        bool isMore = true;
        while (isMore)
        {
            long now = _clock.Now().Timestamp;
            lock (_gate)
            {
                isMore = _states.Expire(now);
            }
        }
    }

    private void RemoveOmitted(ReadOnlySpan<char> gatewayId, long since)
    {
        bool isMore = true;
        while (isMore)
        {
            lock (_gate)
            {
                isMore = _states.RemoveOmitted(gatewayId, since, StatesPerLock);
            }
        }
    }

    private int ReportRows(RequestProgressBatch progress, int start, int end)
    {
        long now = _clock.Now().Timestamp;
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
            known += isKnown || TryAddReported(progress, row, now) ? 1 : 0;
        }

        return known;
    }

    /// <summary>
    /// Adds the state of a request that only a report makes known: another scheduler has placed it, or this one before it was restarted. Only of gateways that
    /// give their id, since only their reports can take it back.
    /// </summary>
    private bool TryAddReported(RequestProgressBatch progress, int row, long now)
    {
        if (progress.GatewayId(row).IsEmpty || _fleet.Find(progress.InstanceId(row)) is not { } instance)
        {
            return false;
        }

        _states.AddReported(
            progress.RequestId(row).ToString(), instance, progress.GatewayId(row).ToString(), progress.Tokens(row), progress.IsPrefillDone(row), now);
        return true;
    }
}
