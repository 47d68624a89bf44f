using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Tokens of the request states on a lite-mode instance.</summary>
public sealed record LiteModeTokens : LoadMetric<LiteModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "num_tokens";

    /// <inheritdoc/>
    public override double Evaluate(LiteModeInstance instance) => instance.Tracked.Tokens;
}
