using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Balances the load of one infer type: pairs the i-th most loaded source with the i-th least loaded compatible destination, while the source's load
/// is higher by at least the smallest difference. At most half of a difference is moved, and its effect must show in the statuses before more is
/// moved.
/// </summary>
/// <param name="name">The name in configuration.</param>
/// <param name="inferType">The instances that are balanced.</param>
/// <param name="metric">The load metric.</param>
/// <param name="threshold">Load from which on an instance is a source; below it is a destination.</param>
/// <param name="options">Scope, smallest difference and what is migrated.</param>
internal sealed class LoadBalancePolicy(
    string name, InferType inferType, InstanceMetric<FullModeInstance> metric, double threshold, LoadBalanceOptions options)
    : ReschedulingPolicy
{
    private readonly bool _isLoadPerCapacity = metric is KvCacheUsageRatioProjected;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        List<Loaded> healthy = [.. snapshot.Instances
            .Where(instance => instance.InferType == inferType && instance.Health == InstanceHealth.Ok && !plan.IsUnsettled(instance))
            .Select(instance => new Loaded(instance, metric.Evaluate(instance, default)))
            .Where(loaded => double.IsFinite(loaded.Load))];
        if (options.Scope == LoadBalanceScope.Unit)
        {
            // An instance without a unit shares it with no other.
            foreach (IGrouping<string, Loaded> unit in healthy
                .Where(static loaded => loaded.Instance.Metadata.UnitId is not ("" or "0"))
                .GroupBy(static loaded => loaded.Instance.Metadata.UnitId, StringComparer.Ordinal))
            {
                Pair(Sources(unit), Destinations(unit), plan);
            }

            return;
        }

        Pair(Sources(healthy.Where(loaded => loaded.Load >= threshold)), Destinations(healthy.Where(loaded => loaded.Load < threshold)), plan);
    }

    private static List<Loaded> Sources(IEnumerable<Loaded> candidates) =>
        [.. candidates.Where(static candidate => MigrationEnds.WhyNothingLeaves(candidate.Instance) is null)];

    private static List<Loaded> Destinations(IEnumerable<Loaded> candidates) =>
        [.. candidates.Where(static candidate => MigrationEnds.WhyNothingComes(candidate.Instance) is null)];

    private void Pair(List<Loaded> sources, List<Loaded> destinations, PlanBuilder plan)
    {
        if (sources.Count == 0 || destinations.Count == 0)
        {
            plan.Note(name, null, sources.Count == 0 ? "no source" : "no destination");
            return;
        }

        sources.Sort(static (a, b) => Compare(b.Load, a.Load, a, b));
        destinations.Sort(static (a, b) => Compare(a.Load, b.Load, a, b));
        foreach (Loaded source in sources)
        {
            int found = destinations.FindIndex(other => MigrationEnds.AreAlike(source.Instance.Metadata, other.Instance.Metadata));
            if (found < 0)
            {
                plan.Note(name, source.Instance.Id, "no destination of its kind is left");
                continue;
            }

            Loaded destination = destinations[found];
            double difference = source.Load - destination.Load;
            if (!(difference > 0) || difference < options.SmallestDifference)
            {
                plan.Note(name, source.Instance.Id, $"{Values(source, destination)}: the difference is too small");
                continue;
            }

            if (MigrationSize.Bound(
                options.Selection, source.Instance, source.Load, destination.Instance, destination.Load, _isLoadPerCapacity, out string? reason)
                is not { } selection)
            {
                plan.Note(name, source.Instance.Id, $"{Values(source, destination)}: {reason}");
                continue;
            }

            destinations.RemoveAt(found);
            plan.Add(name, source.Instance, destination.Instance, selection, Values(source, destination));
        }
    }

    private string Values(Loaded source, Loaded destination) =>
        string.Create(CultureInfo.InvariantCulture, $"{metric.Name} {source.Load:0.###} and {destination.Load:0.###}");

    private static int Compare(double first, double second, Loaded a, Loaded b)
    {
        int byLoad = first.CompareTo(second);
        return byLoad != 0 ? byLoad : string.CompareOrdinal(a.Instance.Id, b.Instance.Id);
    }

    private readonly record struct Loaded(FullModeInstance Instance, double Load);
}
