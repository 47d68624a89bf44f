using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>The states by age: which ones are at the end of their lifetime, and which one a further one replaces.</summary>
internal sealed partial class RequestStateTable
{
    /// <summary>Largest number of states that one call lets expire, so that a decision does not wait for very many at once.</summary>
    private const int ExpiriesPerCall = 64;

    /// <summary>Index of the list, by age, of the states that reports have made known; those before it are of one <see cref="GatewayKind"/> each.</summary>
    private const int FromReports = 3;

    private readonly IndexLinks _byAge = new();
    private readonly IndexList[] _ages = new IndexList[4];

    /// <summary>Number of states that ended by their lifetime, not by a release, a lost gateway or a departed instance.</summary>
    internal long ExpiredTotal { get; private set; }

    /// <summary>Removes a limited number of states whose lifetime is over.</summary>
    /// <returns>Whether the limit was reached.</returns>
    internal bool Expire(long now)
    {
        _gateways.ForgetLost(now);
        int left = Expire(ref AgesOf(GatewayKind.Lost), now, lifetimes.LostGateway, ExpiriesPerCall);
        left = Expire(ref AgesOf(GatewayKind.Unconnected), now, lifetimes.Unconnected, left);
        left = Expire(ref _ages[FromReports], now, lifetimes.FromReport, left);
        return Expire(ref AgesOf(GatewayKind.Connected), now, lifetimes.Unconnected, left) == 0;
    }

    /// <summary>
    /// The state that a further one replaces. A gateway with more than half of all states loses its own oldest one. Otherwise the oldest state that only
    /// a report has made known, then of a gateway without a connection is taken, then of a lost gateway, then of a connected one. So no gateway can displace the states of others, even
    /// under many ids.
    /// </summary>
    private int LeastMissed(Gateway gateway) =>
        gateway.StateCount > maxStates / 2 ? gateway.States.First
        : !_ages[FromReports].IsEmpty ? _ages[FromReports].First
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

    /// <summary>
    /// Whether a connected gateway vouches for the state: it does unless it has reported since and left this state out for a whole lifetime. The scheduler that has
    /// placed it elsewhere tells of its end, as long as it is connected.
    /// </summary>
    private bool IsStillHeld(in RequestState state) => state.Origin.IsForeign
        ? journal!.IsConnected(state.Origin.Replica)
        : !state.IsFromReport && state.Gateway.Connections > 0 && state.Gateway.ReportedAt <= state.TouchedAt;

    private void Expire(int index)
    {
        ExpiredTotal++;
        EndHere(index);
    }

    private void Touch(int index, long now)
    {
        ref RequestState state = ref _states[index];
        state.TouchedAt = now;
        state.AgedFrom = now;
        state.Gateway.ReportedAt = now;
        Renew(ref AgesOf(in state), index);
        if (state is { IsFromReport: true, Origin.IsForeign: false })
        {
            _byReporter.Remove(state.Gateway.Id, index);
            _byReporter.Add(state.Gateway.Id, index);
        }
    }

    private void Renew(ref IndexList ages, int index)
    {
        _byAge.Remove(ref ages, index);
        _byAge.AddLast(ref ages, index);
    }

    private ref IndexList AgesOf(GatewayKind kind) => ref _ages[(int)kind];

    private ref IndexList AgesOf(in RequestState state) => ref _ages[state.IsFromReport ? FromReports : (int)state.Gateway.Kind];
}
