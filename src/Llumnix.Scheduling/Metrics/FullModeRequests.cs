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
        long reported = (long)s.WaitingRequestCount + s.LoadingRequestCount + s.RunningRequestCount;
        return EndedLoad.Without(reported, instance.Ended.DecodeRequests) + instance.BesideStatus.Requests;
    }
}
