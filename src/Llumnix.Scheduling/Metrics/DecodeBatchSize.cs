using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Requests that decode or are about to, requests in flight included.</summary>
public sealed record DecodeBatchSize : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "decode_batch_size";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => InstanceSums.DecodeRequests(instance);
}
