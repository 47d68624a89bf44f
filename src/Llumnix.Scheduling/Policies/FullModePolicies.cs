using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Policies;

/// <summary>The built-in policies of full mode, by name.</summary>
public sealed class FullModePolicies(MetricCatalogue<FullModeInstance> metrics)
{
    private static readonly Dictionary<string, Func<FullModePolicies, PolicySettings, SchedulingPolicy<FullModeInstance>>> Builders =
        new(StringComparer.Ordinal)
        {
            ["load-balance"] = static (policies, settings) => policies.LoadBalance(settings),
            ["flood"] = static (_, _) => Uniform("flood", static () => new StickySelector<FullModeInstance>()),
            ["round-robin"] = static (_, _) => Uniform("round-robin", static () => new RoundRobinSelector<FullModeInstance>()),
        };

    /// <summary>The known names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Builds a policy. Each call gives a policy with a state of its own.</summary>
    /// <exception cref="ArgumentException">The policy or one of its metrics is unknown; the message lists the known ones.</exception>
    public SchedulingPolicy<FullModeInstance> Build(string name, PolicySettings settings) =>
        Builders.TryGetValue(name, out Func<FullModePolicies, PolicySettings, SchedulingPolicy<FullModeInstance>>? build)
            ? build(this, settings)
            : throw new ArgumentException($"unknown policy '{name}'; known: {string.Join(", ", Names)}", nameof(name));

    private SchedulingPolicy<FullModeInstance> LoadBalance(PolicySettings settings) => new(
        "load-balance",
        LoadBalance(settings.Neutral, settings.TopK),
        LoadBalance(settings.Prefill, settings.TopK),
        LoadBalance(settings.Decode, settings.TopK));

    private RolePolicy<FullModeInstance> LoadBalance(RoleDispatch role, int topK)
    {
        InstanceMetric<FullModeInstance> load = metrics.Get(role.LoadMetric);
        return new RolePolicy<FullModeInstance>(
            RequiredFilters: [],
            PreferredFilters: [new LoadThresholdFilter<FullModeInstance>(load, role.LoadThreshold)],
            new TopKSelector<FullModeInstance>([load], topK));
    }

    private static SchedulingPolicy<FullModeInstance> Uniform(string name, Func<CandidateSelector<FullModeInstance>> selector) => new(
        name,
        new RolePolicy<FullModeInstance>([], [], selector()),
        new RolePolicy<FullModeInstance>([], [], selector()),
        new RolePolicy<FullModeInstance>([], [], selector()));
}
