using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Prompt tokens that have yet to be computed, those in flight included; never below 0.</summary>
public sealed record AllPrefillsTokens : LoadMetric<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "all_prefills_tokens_num";

    /// <inheritdoc/>
    public override double Evaluate(FullModeInstance instance) => InstanceSums.UncomputedPrefillTokens(instance);
}
