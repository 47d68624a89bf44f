using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Policies;

/// <summary>The policies that exist in both modes.</summary>
internal static class BuiltInPolicies
{
    internal static SchedulingPolicy<TInstance> LoadBalance<TInstance>(MetricCatalogue<TInstance> metrics, PolicySettings settings)
        where TInstance : Instance => new(
        "load-balance",
        LoadBalance(metrics, settings.Neutral, settings.CacheLocalityMetric, settings),
        LoadBalance(metrics, settings.Prefill, settings.CacheLocalityMetric, settings),
        LoadBalance(metrics, settings.Decode, null, settings));

    internal static SchedulingPolicy<TInstance> Flood<TInstance>(MetricCatalogue<TInstance> metrics, PolicySettings settings)
        where TInstance : Instance => Uniform("flood", static () => new StickySelector<TInstance>());

    internal static SchedulingPolicy<TInstance> RoundRobin<TInstance>(MetricCatalogue<TInstance> metrics, PolicySettings settings)
        where TInstance : Instance => Uniform("round-robin", static () => new RoundRobinSelector<TInstance>());

    private static RolePolicy<TInstance> LoadBalance<TInstance>(
        MetricCatalogue<TInstance> metrics, RoleDispatch role, string? locality, PolicySettings settings)
        where TInstance : Instance
    {
        InstanceMetric<TInstance> load = metrics.Get(role.LoadMetric);
        var byLoad = new TopKSelector<TInstance>([load], settings.TopK);
        return new RolePolicy<TInstance>(
            RequiredFilters: [],
            PreferredFilters: [new LoadThresholdFilter<TInstance>(load, role.LoadThreshold)],
            locality is null
                ? byLoad
                : new PrefixAwareSelector<TInstance>(
                    new TopKSelector<TInstance>([metrics.Get(locality), load], settings.TopK, settings.CacheLocalityTolerance), byLoad));
    }

    private static SchedulingPolicy<TInstance> Uniform<TInstance>(string name, Func<CandidateSelector<TInstance>> selector)
        where TInstance : Instance => new(
        name,
        new RolePolicy<TInstance>([], [], selector()),
        new RolePolicy<TInstance>([], [], selector()),
        new RolePolicy<TInstance>([], [], selector()))
    {
        State = new LastPlacements<TInstance>(),
    };
}
