using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>The policies of lite mode, by name.</summary>
/// <param name="metrics">The metrics that policies may name.</param>
/// <param name="added">Policies in addition to the built-in ones; null for none.</param>
public sealed class LiteModePolicies(MetricCatalogue<LiteModeInstance> metrics, IReadOnlyCollection<PolicyBuilder<LiteModeInstance>>? added = null)
    : PolicyCatalogue<LiteModeInstance>(metrics, Builders, added)
{
    private static readonly Dictionary<string, Func<MetricCatalogue<LiteModeInstance>, PolicyOptions, SchedulingPolicy<LiteModeInstance>>>
        Builders = new(StringComparer.Ordinal)
        {
            ["load-balance"] = BuiltInPolicies.LoadBalance,
            ["round-robin"] = BuiltInPolicies.RoundRobin,
        };

    /// <summary>The names of the built-in ones, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];
}
