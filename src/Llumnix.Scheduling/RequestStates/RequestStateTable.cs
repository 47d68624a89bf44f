using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// What each gateway has running where, as schedules, reports and releases tell. A state goes with its release, its instance, its
/// gateway, or its lifetime, whichever comes first. A gateway changes only its own: the same request id of two gateways is two requests.
/// </summary>
/// <remarks>
/// Guarded by the scheduler's lock; times are monotonic timestamps. A state stands in four lists, by request, instance, gateway and
/// age; steady traffic allocates nothing. Invariant: every instance's sums equal the sums over its states.
/// </remarks>
/// <param name="onLoadChanged">Called after an instance's sums changed.</param>
/// <param name="lifetimes">How long states live.</param>
/// <param name="maxStates">Most states; another one then takes the place of one.</param>
/// <param name="maxTokens">Most tokens that one state counts.</param>
internal sealed class RequestStateTable(
    Action<LiteModeInstance> onLoadChanged, RequestStateLifetimes lifetimes, int maxStates, long maxTokens)
{
    /// <summary>Most states that one call lets expire, so that no decision waits for a crowd of them.</summary>
    private const int ExpiriesPerCall = 64;

    private readonly EntryPool<RequestState> _states = new();
    private readonly GatewayRequestIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byGateway = new();
    private readonly IndexLinks _byAge = new();
    private readonly GatewayTable _gateways = new(lifetimes.LostGateway);
    private readonly IndexList[] _ages = new IndexList[3];

    /// <summary>Number of states.</summary>
    internal int Count => _states.Count;

    /// <summary>States that neither a release nor a lost gateway or instance has ended.</summary>
    internal long ExpiredTotal { get; private set; }

    internal int ConnectedGateways => _gateways.Connected;

    /// <summary>Adds a placement; one of the gateway's same request in the same role makes way for it, wherever it was.</summary>
    internal void Add(
        string requestId, LiteModeInstance instance, InferType role, string gatewayId, long tokens, bool isPrefillDone, long now)
    {
        RemoveRole(requestId, gatewayId, role);
        if (Count >= maxStates)
        {
            Expire(LeastMissed(_gateways.GetOrAdd(gatewayId)));
        }

        Gateway gateway = _gateways.GetOrAdd(gatewayId);
        int index = _states.Allocate();
        _states[index] = new RequestState
        {
            RequestId = requestId,
            Instance = instance,
            Gateway = gateway,
            Role = role,
            Tokens = Math.Min(tokens, maxTokens),
            IsPrefillDone = isPrefillDone,
            Version = instance.Description.Version,
            TouchedAt = now,
            AgedFrom = now,
        };
        _byRequest.Add(new GatewayRequest(gateway.Id, requestId), index);
        _byInstance.AddLast(ref instance.States, index);
        _byGateway.AddLast(ref gateway.States, index);
        gateway.StateCount++;
        _byAge.AddLast(ref AgesOf(gateway.Kind), index);
        Book(instance, in _states[index], +1);
        onLoadChanged(instance);
    }

    /// <summary>
    /// A gateway tells how far one of its requests is on an instance. Tokens never go down; a prefill that is done is so for all roles.
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
        Progress(index, tokens, isPrefillDone);
        for (int other = first; isPrefillDone && other != 0; other = _byRequest.Next(other))
        {
            Progress(other, 0, isPrefillDone);
        }

        return true;
    }

    /// <summary>Removes a state of the gateway's request on an instance. Unknown ones change nothing.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="instance">The instance, and the gateway that says so.</param>
    internal void Release(string requestId, in ReleasedInstance instance)
    {
        int index = _byRequest.First(instance.GatewayId, requestId);
        while (index != 0)
        {
            int next = _byRequest.Next(index);
            if (IsOn(in _states[index], in instance))
            {
                Remove(index);
            }

            index = next;
        }
    }

    /// <inheritdoc cref="GatewayTable.Connect"/>
    internal void Connect(string gatewayId, bool isProven) => _gateways.Connect(gatewayId, isProven);

    /// <inheritdoc cref="GatewayTable.Disconnect"/>
    internal Gateway? Disconnect(string gatewayId, bool isProven, long now) => _gateways.Disconnect(gatewayId, isProven, now);

    /// <summary>Removes states from the front of an instance's or a gateway's list.</summary>
    /// <returns>Whether some are left.</returns>
    internal bool RemoveSome(ref IndexList list, int count)
    {
        for (int i = 0; i < count && !list.IsEmpty; i++)
        {
            Remove(list.First);
        }

        return !list.IsEmpty;
    }

    /// <summary>Drops states whose lifetime is over, a limited number of them.</summary>
    /// <returns>Whether the limit was reached.</returns>
    internal bool Expire(long now)
    {
        _gateways.ForgetLost(now);
        int left = Expire(ref AgesOf(GatewayKind.Lost), now, lifetimes.LostGateway, ExpiriesPerCall);
        left = Expire(ref AgesOf(GatewayKind.Unconnected), now, lifetimes.Unconnected, left);
        return Expire(ref AgesOf(GatewayKind.Connected), now, lifetimes.Unconnected, left) == 0;
    }

    /// <summary>
    /// Whose place another state takes: a gateway that holds more than half of all makes room itself; else the oldest state goes, one that
    /// nobody vouches for first. So nobody pushes out what others hold, be it under many ids.
    /// </summary>
    private int LeastMissed(Gateway gateway) =>
        gateway.StateCount > maxStates / 2 ? gateway.States.First
        : !AgesOf(GatewayKind.Unconnected).IsEmpty ? AgesOf(GatewayKind.Unconnected).First
        : !AgesOf(GatewayKind.Lost).IsEmpty ? AgesOf(GatewayKind.Lost).First
        : AgesOf(GatewayKind.Connected).First;

    private int Expire(ref IndexList ages, long now, long lifetime, int limit)
    {
        while (limit > 0 && !ages.IsEmpty && _states[ages.First].AgedFrom <= now - lifetime)
        {
            limit--;
            ref RequestState state = ref _states[ages.First];
            if (IsStillHeld(in state))
            {
                state.AgedFrom = now;
                Renew(ref ages, ages.First);
            }
            else
            {
                Expire(ages.First);
            }
        }

        return limit;
    }

    /// <summary>A connected gateway vouches for its states, but not for one that it has left out of its reports for a whole lifetime.</summary>
    private static bool IsStillHeld(in RequestState state) =>
        state.Gateway.Connections > 0 && state.Gateway.ReportedAt <= state.TouchedAt;

    private void Expire(int index)
    {
        ExpiredTotal++;
        Remove(index);
    }

    private void Touch(int index, long now)
    {
        ref RequestState state = ref _states[index];
        state.TouchedAt = now;
        state.AgedFrom = now;
        state.Gateway.ReportedAt = now;
        Renew(ref AgesOf(state.Gateway.Kind), index);
    }

    private void Renew(ref IndexList ages, int index)
    {
        _byAge.Remove(ref ages, index);
        _byAge.AddLast(ref ages, index);
    }

    private void Progress(int index, long tokens, bool isPrefillDone)
    {
        tokens = Math.Min(tokens, maxTokens);
        ref RequestState state = ref _states[index];
        if (tokens <= state.Tokens && (!isPrefillDone || state.IsPrefillDone))
        {
            return;
        }

        Book(state.Instance, in state, -1);
        state.Tokens = Math.Max(tokens, state.Tokens);
        state.IsPrefillDone |= isPrefillDone;
        Book(state.Instance, in state, +1);
        onLoadChanged(state.Instance);
    }

    private void RemoveRole(string requestId, string gatewayId, InferType role)
    {
        for (int index = _byRequest.First(gatewayId, requestId); index != 0; index = _byRequest.Next(index))
        {
            if (_states[index].Role == role)
            {
                Remove(index);
                return;
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
        _byAge.Remove(ref AgesOf(state.Gateway.Kind), index);
        _states.Recycle(index);
        _gateways.ForgetIfIdle(state.Gateway);
        onLoadChanged(state.Instance);
    }

    /// <summary>The id tells the instance, its rank included; a version or a rank that is said besides must be its own.</summary>
    private static bool IsOn(in RequestState state, in ReleasedInstance released) =>
        state.Instance.Id == released.WireId
        && (released.Version == 0 || released.Version == state.Version)
        && (released.DataParallelRank is not { } rank || rank == state.Instance.Description.DataParallelRank);

    private ref IndexList AgesOf(GatewayKind kind) => ref _ages[(int)kind];

    private static void Book(LiteModeInstance instance, in RequestState state, int sign)
    {
        int waiting = state.IsPrefillDone ? 0 : sign;
        TrackedLoad held = instance.Tracked;
        instance.Tracked = new TrackedLoad(
            held.Requests + sign,
            held.Tokens + (sign * state.Tokens),
            held.WaitingRequests + waiting,
            held.WaitingTokens + (waiting * state.Tokens));
    }
}
