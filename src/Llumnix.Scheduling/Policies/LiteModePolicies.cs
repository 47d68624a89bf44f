using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>The built-in policies of lite mode, by name.</summary>
public sealed class LiteModePolicies(MetricCatalogue<LiteModeInstance> metrics) : PolicyCatalogue<LiteModeInstance>(metrics, Builders)
{
    private static readonly Dictionary<string, Func<MetricCatalogue<LiteModeInstance>, PolicyOptions, SchedulingPolicy<LiteModeInstance>>>
        Builders = new(StringComparer.Ordinal)
        {
            ["load-balance"] = BuiltInPolicies.LoadBalance,
            ["round-robin"] = BuiltInPolicies.RoundRobin,
        };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];
}
