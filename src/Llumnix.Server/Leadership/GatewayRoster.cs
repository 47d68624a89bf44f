using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Leadership;

/// <summary>The gateways whose keep-alive connections this replica carries, on their way to the scheduler. For any threads.</summary>
/// <param name="next">The scheduler.</param>
internal sealed class GatewayRoster(IGatewaySink next) : IGatewaySink
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CarriedGateway, int> _connections = [];

    /// <summary>Raised when a gateway comes or goes; handlers are quick.</summary>
    internal event Action? Changed;

    /// <inheritdoc/>
    public int Report(RequestProgressBatch progress) => next.Report(progress);

    /// <inheritdoc/>
    public void OnGatewayConnected(string gatewayId, bool isProven = false)
    {
        next.OnGatewayConnected(gatewayId, isProven);
        var gateway = new CarriedGateway(gatewayId, isProven);
        lock (_lock)
        {
            _connections[gateway] = _connections.GetValueOrDefault(gateway) + 1;
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void OnGatewayLost(string gatewayId, bool isProven = false)
    {
        next.OnGatewayLost(gatewayId, isProven);
        var gateway = new CarriedGateway(gatewayId, isProven);
        lock (_lock)
        {
            int left = _connections.GetValueOrDefault(gateway) - 1;
            if (left > 0)
            {
                _connections[gateway] = left;
            }
            else
            {
                _connections.Remove(gateway);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>The gateways at this moment.</summary>
    internal IReadOnlyList<CarriedGateway> Gateways()
    {
        lock (_lock)
        {
            return [.. _connections.Keys];
        }
    }
}
