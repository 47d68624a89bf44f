using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Metrics;

/// <summary>The built-in metrics of lite mode.</summary>
public static class LiteModeMetrics
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<InstanceMetric<LiteModeInstance>> All { get; } = [new LiteModeRequests(), new LiteModeTokens()];
}
