using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Slo;

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
            [SloPolicy.Name] = static (_, settings) => BuildSlo(settings),
        };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];

    private static SchedulingPolicy<FullModeInstance> BuildSlo(PolicySettings settings)
    {
        SloSettings slo = settings.Slo ?? throw new ArgumentException("The slo policy needs profiling tables.", nameof(settings));
        return slo.IsAdaptivePd ? AdaptivePdPolicy.Build(slo) : SloPolicy.Build(slo);
    }
}
