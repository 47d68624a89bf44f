using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Tokens of the requests that decode or are about to, requests in flight included.</summary>
public sealed record AllDecodesTokens : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "all_decodes_tokens_num";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => InstanceSums.DecodeTokens(instance);
}
