using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Hosting;

/// <summary>Full mode knows the load from the engines: what gateways report and whether they are there does not matter.</summary>
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
