using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Extensions;

/// <summary>Metrics and policies that are added to the built-in ones. Not thread-safe: it is filled before a scheduler is made.</summary>
public sealed class SchedulerExtensions
{
    /// <summary>Those of full mode.</summary>
    public ExtensionSet<FullModeInstance> FullMode { get; } = new(FullModeMetrics.Names, FullModePolicies.Names);

    /// <summary>Those of lite mode.</summary>
    public ExtensionSet<LiteModeInstance> LiteMode { get; } = new(LiteModeMetrics.All.Select(static metric => metric.Name), LiteModePolicies.Names);
}
