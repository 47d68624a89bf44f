using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Waiting requests, requests in flight included.</summary>
public sealed record WaitingRequests : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "num_waiting_requests";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return s.WaitingRequestCount + instance.BesideStatus.Requests;
    }
}
