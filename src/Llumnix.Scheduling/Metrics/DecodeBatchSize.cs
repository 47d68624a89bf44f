using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Requests that decode or are about to, those in flight included.</summary>
public sealed record DecodeBatchSize : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "decode_batch_size";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance)
    {
        InstanceStatus s = instance.Status;
        return (long)s.HybridSchedulerWaitingToDecodeRequests
            + s.LoadingRequestCount
            + s.SchedulerWaitingToDecodeRequests
            + s.SchedulerRunningToDecodeRequests
            + instance.Dispatched.DecodeRequests;
    }
}
