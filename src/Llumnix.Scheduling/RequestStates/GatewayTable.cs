namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// The gateways that are connected, hold request states or were lost a moment ago. One whose id was proven is remembered for a while when it is lost,
/// since requests of a gateway that has just died may still be under way to us; a claim that ends must not shorten what somebody else is given.
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
    /// A connection has opened. What was placed under the id before stays apart. Beside a connection that proves the id, and as long as its loss is
    /// remembered, one without proof means nothing; one with proof takes the id over from those without.
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

    /// <summary>A connection has ended.</summary>
    /// <returns>The gateway whose states are to be released; null when it has another connection, or the connection meant nothing.</returns>
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

    /// <summary>Forgets a gateway that is not connected and holds nothing any more.</summary>
    internal void ForgetIfIdle(Gateway gateway)
    {
        if (gateway is { Kind: GatewayKind.Unconnected, States.IsEmpty: true })
        {
            Forget(gateway);
        }
    }

    /// <summary>Forgets what was lost long ago.</summary>
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
