using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Samples.EmbeddedScheduler;

/// <summary>Requests at an engine, those in flight included, per million tokens of its KV cache: large engines get more of them.</summary>
public sealed record RequestsPerCapacity : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "requests_per_capacity";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance)
    {
        long requests = (long)instance.Status.RunningRequestCount + instance.Status.WaitingRequestCount + instance.Dispatched.Requests;
        return requests * 1e6 / Math.Max(1, instance.Status.TotalGpuTokens);
    }
}
