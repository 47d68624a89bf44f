using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>How an instance is chosen for one role. Beside these filters, an instance that is not healthy is never a candidate.</summary>
/// <param name="RequiredFilters">Applied in order; a candidate that one of them drops is out.</param>
/// <param name="PreferredFilters">Applied after the required ones; ignored when together they would leave nobody.</param>
/// <param name="Selector">Picks among those that are left.</param>
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
