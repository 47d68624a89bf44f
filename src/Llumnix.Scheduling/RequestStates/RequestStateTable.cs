using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// What each gateway has running where, as schedules, reports and releases tell. A state goes with its release, its instance, its
/// gateway, or its lifetime, whichever comes first.
/// </summary>
/// <remarks>
/// Guarded by the scheduler's lock; times are monotonic timestamps. A state stands in four lists, by request, instance, gateway and
/// age; steady traffic allocates nothing. Invariant: every instance's sums equal the sums over its states.
/// </remarks>
internal sealed class RequestStateTable(Action<LiteModeInstance> onLoadChanged, RequestStateLifetimes lifetimes, int maxStates)
{
    /// <summary>Most states that one call lets expire, so that no decision waits for a crowd of them.</summary>
    private const int ExpiriesPerCall = 64;

    private readonly EntryPool<RequestState> _states = new();
    private readonly RequestIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byGateway = new();
    private readonly IndexLinks _byAge = new();
    private readonly GatewayTable _gateways = new(lifetimes.LostGateway);
    private IndexList _ages;
    private IndexList _agesOfLost;

    /// <summary>Number of states.</summary>
    internal int Count => _states.Count;

    /// <summary>States that neither a release nor a lost gateway or instance has ended.</summary>
    internal long ExpiredTotal { get; private set; }

    internal int ConnectedGateways => _gateways.Connected;

    /// <summary>Adds a placement; one of the same request in the same role makes way for it, wherever it was.</summary>
    internal void Add(
        string requestId, LiteModeInstance instance, InferType role, string gatewayId, long tokens, bool isPrefillDone, long now)
    {
        RemoveRole(requestId, role);
        if (Count >= maxStates)
        {
            Expire(_ages.IsEmpty ? _agesOfLost.First : _ages.First);
        }

        Gateway gateway = _gateways.GetOrAdd(gatewayId);
        int index = _states.Allocate();
        _states[index] = new RequestState
        {
            RequestId = requestId,
            Instance = instance,
            Gateway = gateway,
            Role = role,
            Tokens = tokens,
            IsPrefillDone = isPrefillDone,
            Version = instance.Description.Version,
            TouchedAt = now,
            AgedFrom = now,
        };
        _byRequest.Add(requestId, index);
        _byInstance.AddLast(ref instance.States, index);
        _byGateway.AddLast(ref gateway.States, index);
        _byAge.AddLast(ref AgesOf(gateway), index);
        Book(instance, in _states[index], +1);
        onLoadChanged(instance);
    }

    /// <summary>A gateway tells how far a request is on an instance. Tokens never go down; a prefill that is done is so for all roles.</summary>
    /// <returns>False when there is no such state; nothing has changed then.</returns>
    internal bool Report(
        ReadOnlySpan<char> requestId, ReadOnlySpan<char> instanceId, long tokens, bool isPrefillDone, long now)
    {
        int first = _byRequest.First(requestId);
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

    /// <summary>Removes a request's state on an instance. Unknown ones change nothing.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="version">The generation that the request was placed on; 0 for any.</param>
    internal void Release(string requestId, string instanceId, long version)
    {
        int index = _byRequest.First(requestId);
        while (index != 0)
        {
            ref RequestState state = ref _states[index];
            int next = _byRequest.Next(index);
            if (state.Instance.Id == instanceId && (version == 0 || version == state.Version))
            {
                Remove(index);
            }

            index = next;
        }
    }

    internal void Connect(string gatewayId) => _gateways.Connect(gatewayId);

    /// <inheritdoc cref="GatewayTable.Disconnect"/>
    internal Gateway? Disconnect(string gatewayId, long now) => _gateways.Disconnect(gatewayId, now);

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
        int left = Expire(ref _agesOfLost, now, lifetimes.LostGateway, ExpiriesPerCall);
        return Expire(ref _ages, now, lifetimes.Unconnected, left) == 0;
    }

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
        Renew(ref AgesOf(state.Gateway), index);
    }

    private void Renew(ref IndexList ages, int index)
    {
        _byAge.Remove(ref ages, index);
        _byAge.AddLast(ref ages, index);
    }

    private void Progress(int index, long tokens, bool isPrefillDone)
    {
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

    private void RemoveRole(string requestId, InferType role)
    {
        for (int index = _byRequest.First(requestId); index != 0; index = _byRequest.Next(index))
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
        _byRequest.Remove(state.RequestId, index);
        _byInstance.Remove(ref state.Instance.States, index);
        _byGateway.Remove(ref state.Gateway.States, index);
        _byAge.Remove(ref AgesOf(state.Gateway), index);
        _states.Recycle(index);
        _gateways.ForgetIfIdle(state.Gateway);
        onLoadChanged(state.Instance);
    }

    private ref IndexList AgesOf(Gateway gateway) => ref gateway.IsLost ? ref _agesOfLost : ref _ages;

    private static void Book(LiteModeInstance instance, in RequestState state, int sign)
    {
        int waiting = state.IsPrefillDone ? 0 : sign;
        HeldLoad held = instance.Held;
        instance.Held = new HeldLoad(
            held.Requests + sign,
            held.Tokens + (sign * state.Tokens),
            held.WaitingRequests + waiting,
            held.WaitingTokens + (waiting * state.Tokens));
    }
}
