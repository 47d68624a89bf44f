using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>Number of request states on a lite-mode instance.</summary>
public sealed record LiteModeRequests : LoadMetric<LiteModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "num_requests";

    /// <inheritdoc/>
    public override double Evaluate(LiteModeInstance instance) => instance.Tracked.Requests;
}
