using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// The request states of all gateways, as schedules, reports and releases give them. A state ends with its release, its instance, its gateway, or its
/// lifetime, whichever comes first. A gateway can only change its own states: the same request id of two gateways means two requests.
/// </summary>
/// <remarks>
/// Guarded by the scheduler's lock; times are monotonic timestamps. A state is in four lists, by request, instance, gateway and age; steady traffic
/// allocates nothing. Invariant: every instance's tracked load equals the sum over its states.
/// </remarks>
/// <param name="onLoadChanged">Called after an instance's tracked load has changed.</param>
/// <param name="lifetimes">How long states live.</param>
/// <param name="maxStates">Largest number of states; a further one replaces another.</param>
/// <param name="maxTokens">Largest number of tokens that one state counts.</param>
/// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
/// <param name="find">Finds the instance of an id; needed with replicas only.</param>
internal sealed partial class RequestStateTable(
    Action<LiteModeInstance> onLoadChanged,
    RequestStateLifetimes lifetimes,
    int maxStates,
    long maxTokens,
    LedgerJournal? journal = null,
    Func<string, LiteModeInstance?>? find = null)
{
    private readonly EntryPool<RequestState> _states = new();
    private readonly GatewayRequestIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byGateway = new();
    private readonly GatewayTable _gateways = new(lifetimes.LostGateway);

    /// <summary>States that only reports have made known, by the id of the reporting gateway, the longest unreported first.</summary>
    private readonly TextIndex _byReporter = new();

    /// <summary>Number of states.</summary>
    internal int Count => _states.Count;

    internal int ConnectedGateways => _gateways.Connected;

    /// <summary>
    /// Adds the state of a placement. It replaces the state of the same gateway's same request in the same role, on whatever instance.
    /// </summary>
    internal void Add(
        string requestId, LiteModeInstance instance, InferType role, string gatewayId, long tokens, bool isPrefillDone, long now)
    {
        EndRole(requestId, gatewayId, role);
        AddOwn(requestId, instance, role, gatewayId, tokens, isPrefillDone, isFromReport: false, now);
    }

    /// <summary>Adds the state of a request that a report has made known. The caller has made sure that there is none of it on the instance.</summary>
    internal void AddReported(string requestId, LiteModeInstance instance, string gatewayId, long tokens, bool isPrefillDone, long now)
    {
        AddOwn(requestId, instance, instance.InferType, gatewayId, tokens, isPrefillDone, isFromReport: true, now);
        _gateways.GetOrAdd(gatewayId).ReportedAt = now;
    }

    /// <summary>
    /// Removes states that a gateway's reports have made known and its newest one does not name: a report names all requests of its gateway. A late report, after
    /// the release of a request, thus counts it for one interval at most.
    /// </summary>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="since">Timestamp at which the newest report began.</param>
    /// <param name="count">Largest number of states to remove.</param>
    /// <returns>Whether more may be left.</returns>
    internal bool RemoveOmitted(ReadOnlySpan<char> gatewayId, long since, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int index = _byReporter.First(gatewayId);
            if (index == 0 || _states[index].TouchedAt >= since)
            {
                return false;
            }

            EndHere(index);
        }

        return true;
    }

    private void AddOwn(
        string requestId, LiteModeInstance instance, InferType role, string gatewayId, long tokens, bool isPrefillDone, bool isFromReport, long now)
    {
        Insert(_gateways, requestId, instance, role, gatewayId, tokens, isPrefillDone, isFromReport, journal?.NewOrigin ?? default, now);
        journal?.Append(Describe(in _states[instance.States.Last]));
    }

    private void Insert(
        GatewayTable gateways,
        string requestId,
        LiteModeInstance instance,
        InferType role,
        string gatewayId,
        long tokens,
        bool isPrefillDone,
        bool isFromReport,
        EntryOrigin origin,
        long now)
    {
        if (Count >= maxStates)
        {
            Expire(LeastMissed(gateways.GetOrAdd(gatewayId)));
        }

        Gateway gateway = gateways.GetOrAdd(gatewayId);
        int index = _states.Allocate();
        _states[index] = new RequestState
        {
            RequestId = requestId,
            Instance = instance,
            Gateway = gateway,
            Role = role,
            Tokens = Math.Min(tokens, maxTokens),
            IsPrefillDone = isPrefillDone,
            IsFromReport = isFromReport,
            Origin = origin,
            Version = instance.Description.Version,
            TouchedAt = now,
            AgedFrom = now,
        };
        _byRequest.Add(new GatewayRequest(gateway.Id, requestId), index);
        _byInstance.AddLast(ref instance.States, index);
        _byGateway.AddLast(ref gateway.States, index);
        gateway.StateCount++;
        _byAge.AddLast(ref AgesOf(in _states[index]), index);
        journal?.Count(in origin, +1);
        if (isFromReport && !origin.IsForeign)
        {
            _byReporter.Add(gatewayId, index);
        }

        Book(instance, in _states[index], +1);
        onLoadChanged(instance);
    }

    /// <summary>
    /// Updates the progress of a request on an instance, as its gateway reports it. Tokens never decrease; the end of a prefill holds for all roles
    /// of the request.
    /// </summary>
    /// <returns>False when there is no such state; nothing has changed then.</returns>
    internal bool Report(
        ReadOnlySpan<char> requestId,
        ReadOnlySpan<char> instanceId,
        ReadOnlySpan<char> gatewayId,
        long tokens,
        bool isPrefillDone,
        long now)
    {
        int first = _byRequest.First(gatewayId, requestId);
        int index = first;
        while (index != 0 && !instanceId.SequenceEqual(_states[index].Instance.Id))
        {
            index = _byRequest.Next(index);
        }

        if (index == 0)
        {
            return false;
        }

        Touch(index, now);
        bool isChanged = Progress(index, tokens, isPrefillDone);
        if (isChanged || _states[index].IsFromReport || _states[index].Origin.IsForeign)
        {
            // What only reports make known, and what others own, lives by them.
            Tell(LedgerChangeKind.Progressed, index);
        }

        for (int other = first; isPrefillDone && other != 0; other = _byRequest.Next(other))
        {
            if (Progress(other, 0, isPrefillDone))
            {
                Tell(LedgerChangeKind.Progressed, other);
            }
        }

        return true;
    }

    /// <summary>Removes the state of the gateway's request on an instance. A release without a matching state changes nothing.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="instance">The instance, and the releasing gateway.</param>
    internal void Release(string requestId, in ReleasedInstance instance)
    {
        int index = _byRequest.First(instance.GatewayId, requestId);
        while (index != 0)
        {
            int next = _byRequest.Next(index);
            if (IsOn(in _states[index], in instance))
            {
                End(index);
            }

            index = next;
        }
    }

    /// <inheritdoc cref="GatewayTable.Connect"/>
    internal void Connect(string gatewayId, bool isProven) => _gateways.Connect(gatewayId, isProven);

    /// <inheritdoc cref="GatewayTable.Disconnect"/>
    internal Gateway? Disconnect(string gatewayId, bool isProven, long now) => _gateways.Disconnect(gatewayId, isProven, now);

    /// <summary>Removes states from the front of an instance's or a gateway's list.</summary>
    /// <returns>Whether any are left.</returns>
    internal bool RemoveSome(ref IndexList list, int count)
    {
        for (int i = 0; i < count && !list.IsEmpty; i++)
        {
            EndHere(list.First);
        }

        return !list.IsEmpty;
    }

    /// <returns>Whether anything has changed.</returns>
    private bool Progress(int index, long tokens, bool isPrefillDone)
    {
        tokens = Math.Min(tokens, maxTokens);
        ref RequestState state = ref _states[index];
        if (tokens <= state.Tokens && (!isPrefillDone || state.IsPrefillDone))
        {
            return false;
        }

        Book(state.Instance, in state, -1);
        state.Tokens = Math.Max(tokens, state.Tokens);
        state.IsPrefillDone |= isPrefillDone;
        Book(state.Instance, in state, +1);
        onLoadChanged(state.Instance);
        return true;
    }

    private void EndRole(string requestId, string gatewayId, InferType role)
    {
        int next;
        for (int index = _byRequest.First(gatewayId, requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            if (_states[index].Role == role)
            {
                End(index);
            }
        }
    }

    private void Remove(int index)
    {
        RequestState state = _states[index];
        Book(state.Instance, in state, -1);
        _byRequest.Remove(new GatewayRequest(state.Gateway.Id, state.RequestId), index);
        _byInstance.Remove(ref state.Instance.States, index);
        _byGateway.Remove(ref state.Gateway.States, index);
        state.Gateway.StateCount--;
        _byAge.Remove(ref AgesOf(in state), index);
        if (state is { IsFromReport: true, Origin.IsForeign: false })
        {
            _byReporter.Remove(state.Gateway.Id, index);
        }

        journal?.Count(in state.Origin, -1);
        _states.Recycle(index);
        (state.Origin.IsForeign ? _foreignGateways : _gateways).ForgetIfIdle(state.Gateway);
        onLoadChanged(state.Instance);
    }

    /// <summary>
    /// Whether a release means this state's instance: the id identifies the instance with its rank; a version or rank that is given in addition must
    /// match.
    /// </summary>
    private static bool IsOn(in RequestState state, in ReleasedInstance released) =>
        state.Instance.Id == released.WireId
        && (released.Version == 0 || released.Version == state.Version)
        && (released.DataParallelRank is not { } rank || rank == state.Instance.Description.DataParallelRank);

    private static void Book(LiteModeInstance instance, in RequestState state, int sign)
    {
        int waiting = state.IsPrefillDone ? 0 : sign;
        TrackedLoad tracked = instance.Tracked;
        instance.Tracked = new TrackedLoad(
            tracked.Requests + sign,
            tracked.Tokens + (sign * state.Tokens),
            tracked.WaitingRequests + waiting,
            tracked.WaitingTokens + (waiting * state.Tokens));
    }
}
