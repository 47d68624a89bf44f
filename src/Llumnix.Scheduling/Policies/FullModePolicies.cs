using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>The built-in policies of full mode, by name.</summary>
public sealed class FullModePolicies(MetricCatalogue<FullModeInstance> metrics) : PolicyCatalogue<FullModeInstance>(metrics, Builders)
{
    private static readonly Dictionary<string, Func<MetricCatalogue<FullModeInstance>, PolicySettings, SchedulingPolicy<FullModeInstance>>>
        Builders = new(StringComparer.Ordinal)
        {
            ["load-balance"] = BuiltInPolicies.LoadBalance,
            ["flood"] = BuiltInPolicies.Flood,
            ["round-robin"] = BuiltInPolicies.RoundRobin,
            [SloPolicy.Name] = SloPolicy.Build,
        };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];
}
