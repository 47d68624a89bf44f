using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling;

/// <summary>Port: takes what gateways tell beside asking for placements. Safe for concurrent use; no call holds up decisions.</summary>
public interface IGatewaySink
{
    /// <summary>Takes over how far requests are. Rows of unknown requests or instances change nothing.</summary>
    /// <returns>How many rows named a request state.</returns>
    int Report(RequestProgressBatch progress);

    /// <summary>A gateway has opened a keep-alive connection.</summary>
    void OnGatewayConnected(string gatewayId);

    /// <summary>
    /// A keep-alive connection has ended; to be called once per <see cref="OnGatewayConnected"/>. When it was the gateway's last one,
    /// everything that the gateway holds is released.
    /// </summary>
    void OnGatewayLost(string gatewayId);
}
