using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Requests in any phase, each counted once, requests in flight included.</summary>
public sealed record FullModeRequests : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "num_requests";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.WaitingRequestCount + s.LoadingRequestCount + s.RunningRequestCount + instance.Dispatched.Requests;
    }
}
