namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// The gateways that are connected, hold request states or were lost a moment ago. What is lost is remembered for a while, since
/// requests of a gateway that has just died may still be under way to us.
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
            gateway = new Gateway(id);
            _gateways.Add(id, gateway);
        }

        return gateway;
    }

    /// <summary>A connection has opened. A gateway that was lost starts afresh.</summary>
    internal void Connect(string id)
    {
        if (_gateways.TryGetValue(id, out Gateway? known) && known.IsLost)
        {
            _gateways.Remove(id);
        }

        Gateway gateway = GetOrAdd(id);
        Connected += gateway.Connections++ == 0 ? 1 : 0;
    }

    /// <summary>A connection has ended.</summary>
    /// <returns>The gateway whose states are to be released; null when it has another connection.</returns>
    internal Gateway? Disconnect(string id, long now)
    {
        if (!_gateways.TryGetValue(id, out Gateway? gateway) || gateway.Connections == 0 || --gateway.Connections > 0)
        {
            return null;
        }

        Connected--;
        var lost = new Gateway(id) { IsLost = true };
        _gateways[id] = lost;
        _lost.Enqueue((lost, now));
        return gateway;
    }

    /// <summary>Forgets a gateway that is not connected and holds nothing any more.</summary>
    internal void ForgetIfIdle(Gateway gateway)
    {
        if (gateway is { Connections: 0, IsLost: false, States.IsEmpty: true })
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
