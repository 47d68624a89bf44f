using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Samples.Extension;

/// <summary>Requests that run, those in flight included.</summary>
public sealed record RunningRequests : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "num_running_requests";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) =>
        (long)instance.Status.RunningRequestCount + instance.Dispatched.Requests;
}
