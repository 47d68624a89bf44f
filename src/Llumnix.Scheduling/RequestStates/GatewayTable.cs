namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// The gateways that are connected, have request states, or were lost a moment ago. A lost gateway with a proven id is remembered for a while, since
/// requests of a gateway that has just died may still arrive. One with a claimed id is not: the end of a mere claim must not shorten the lifetime of
/// another gateway's states.
/// </summary>
internal sealed class GatewayTable(long memory)
{
    private readonly Dictionary<string, Gateway> _gateways = new(StringComparer.Ordinal);
    private readonly Queue<(Gateway Gateway, long At)> _lost = new();

    /// <summary>Gateways with a keep-alive connection.</summary>
    internal int Connected { get; private set; }

    internal Gateway GetOrAdd(string id)
    {
        if (!_gateways.TryGetValue(id, out Gateway? gateway))
        {
            gateway = new Gateway(id, GatewayKind.Unconnected);
            _gateways.Add(id, gateway);
        }

        return gateway;
    }

    /// <summary>
    /// Opens a connection. States placed under the id before stay in their own period. A connection without proof is ignored beside one with proof,
    /// and as long as the loss of such a one is remembered; a connection with proof takes the id over from those without.
    /// </summary>
    internal void Connect(string id, bool isProven)
    {
        _gateways.TryGetValue(id, out Gateway? known);
        if (!isProven && known is { IsProven: true })
        {
            return;
        }

        if (known is { Connections: > 0 })
        {
            if (known.IsProven == isProven)
            {
                known.Connections++;
                return;
            }

            known.Connections = 0;
            Connected--;
        }

        _gateways[id] = new Gateway(id, GatewayKind.Connected) { IsProven = isProven, Connections = 1 };
        Connected++;
    }

    /// <summary>Ends a connection.</summary>
    /// <returns>The gateway whose states must be released; null when it has another connection, or the connection was ignored.</returns>
    internal Gateway? Disconnect(string id, bool isProven, long now)
    {
        if (!_gateways.TryGetValue(id, out Gateway? gateway)
            || gateway.Connections == 0
            || gateway.IsProven != isProven
            || --gateway.Connections > 0)
        {
            return null;
        }

        Connected--;
        _gateways.Remove(id);
        if (isProven)
        {
            var lost = new Gateway(id, GatewayKind.Lost) { IsProven = true };
            _gateways[id] = lost;
            _lost.Enqueue((lost, now));
        }

        return gateway;
    }

    /// <summary>Forgets a gateway that is not connected and has no states.</summary>
    internal void ForgetIfIdle(Gateway gateway)
    {
        if (gateway is { Kind: GatewayKind.Unconnected, States.IsEmpty: true })
        {
            Forget(gateway);
        }
    }

    /// <summary>Forgets the gateways whose loss is no longer remembered.</summary>
    internal void ForgetLost(long now)
    {
        while (_lost.TryPeek(out (Gateway Gateway, long At) oldest) && oldest.At <= now - memory)
        {
            Forget(_lost.Dequeue().Gateway);
        }
    }

    private void Forget(Gateway gateway)
    {
        if (_gateways.TryGetValue(gateway.Id, out Gateway? known) && known == gateway)
        {
            _gateways.Remove(gateway.Id);
        }
    }
}
