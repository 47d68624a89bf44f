using Llumnix.Scheduling;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Hosting;

/// <summary>
/// Takes the progress of requests from gateways, which full mode uses for plain engines: their statuses name no requests. Connections of gateways mean
/// nothing: what engines say of their load contains the requests of lost gateways.
/// </summary>
internal sealed class ProgressReports(FullModeScheduler scheduler) : IGatewaySink
{
    public int Report(RequestProgressBatch progress) => scheduler.Report(progress);

    public void OnGatewayConnected(string gatewayId, bool isProven)
    {
    }

    public void OnGatewayLost(string gatewayId, bool isProven)
    {
    }
}
