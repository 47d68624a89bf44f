using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Policies;

/// <summary>The policies that exist in both modes.</summary>
internal static class BuiltInPolicies
{
    internal static SchedulingPolicy<TInstance> LoadBalance<TInstance>(MetricCatalogue<TInstance> metrics, PolicyOptions options)
        where TInstance : Instance
    {
        CacheAwareOptions? cacheAware = options.CacheAware.IsEnabled ? options.CacheAware : null;
        return new SchedulingPolicy<TInstance>(
            "load-balance",
            LoadBalance(metrics, options.Dispatch.Neutral, options.Dispatch.TopK, cacheAware, options.Share),
            LoadBalance(metrics, options.Dispatch.Prefill, options.Dispatch.TopK, cacheAware, options.Share),
            LoadBalance(metrics, options.Dispatch.Decode, options.Dispatch.TopK, null, options.Share))
        {
            Share = options.Share,
        };
    }

    internal static SchedulingPolicy<TInstance> Flood<TInstance>(MetricCatalogue<TInstance> metrics, PolicyOptions options)
        where TInstance : Instance => Uniform("flood", static () => new StickySelector<TInstance>());

    internal static SchedulingPolicy<TInstance> RoundRobin<TInstance>(MetricCatalogue<TInstance> metrics, PolicyOptions options)
        where TInstance : Instance => Uniform("round-robin", static () => new RoundRobinSelector<TInstance>());

    private static RolePolicy<TInstance> LoadBalance<TInstance>(
        MetricCatalogue<TInstance> metrics, LoadCriterion criterion, int topK, CacheAwareOptions? cacheAware, ReplicaShare? share)
        where TInstance : Instance
    {
        InstanceMetric<TInstance> load = metrics.Get(criterion.Metric);
        CandidateSelector<TInstance> byLoad = new TopKSelector<TInstance>([load], topK);
        byLoad = share is null ? byLoad : new OwnShareSelector<TInstance>(byLoad, load, share);
        return new RolePolicy<TInstance>(
            RequiredFilters: [],
            PreferredFilters: [new LoadThresholdFilter<TInstance>(load, criterion.Threshold)],
            cacheAware is null
                ? byLoad
                : new PrefixAwareSelector<TInstance>(
                    new TopKSelector<TInstance>([metrics.Get(cacheAware.LocalityMetric), load], topK, cacheAware.LocalityTolerance), byLoad));
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
