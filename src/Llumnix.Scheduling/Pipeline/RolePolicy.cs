using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>The filters and the selector of one role. Unhealthy instances are never candidates, whatever the filters.</summary>
/// <param name="RequiredFilters">Applied in order; a candidate that one of them drops cannot be chosen.</param>
/// <param name="PreferredFilters">Applied in order after the required ones; ignored when together they would leave no candidate.</param>
/// <param name="Selector">Picks one of the remaining candidates.</param>
public sealed record RolePolicy<TInstance>(
    IReadOnlyList<CandidateFilter<TInstance>> RequiredFilters,
    IReadOnlyList<CandidateFilter<TInstance>> PreferredFilters,
    CandidateSelector<TInstance> Selector)
    where TInstance : Instance
{
    /// <summary>Every metric that the filters and the selector read.</summary>
    public IEnumerable<InstanceMetric<TInstance>> Metrics =>
        RequiredFilters.Concat(PreferredFilters).SelectMany(static filter => filter.Metrics).Concat(Selector.Metrics);
}
