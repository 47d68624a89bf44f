using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Hosting;

/// <summary>Ignores gateways: in full mode the load comes from the engines, not from reports or connections of gateways.</summary>
internal sealed class UntrackedGateways : IGatewaySink
{
    public int Report(RequestProgressBatch progress) => 0;

    public void OnGatewayConnected(string gatewayId, bool isProven)
    {
    }

    public void OnGatewayLost(string gatewayId, bool isProven)
    {
    }
}
