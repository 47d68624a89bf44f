using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Empties the unhealthy instances of one infer type onto the healthy ones, in turn. Draining ones are left to <see cref="DrainPolicy"/>.</summary>
internal sealed class FailoverPolicy(string name, InferType inferType) : ReschedulingPolicy
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        // The snapshot is sorted by id within an infer type, so that the turns are deterministic.
        List<FullModeInstance> all = [.. snapshot.Instances.Where(instance => instance.InferType == inferType)];
        List<FullModeInstance> destinations = [.. all.Where(static instance => instance.Health == InstanceHealth.Ok)];
        int next = 0;
        foreach (FullModeInstance source in all.Where(static instance => instance.Health is not (InstanceHealth.Ok or InstanceHealth.Draining)))
        {
            if (destinations.Count == 0)
            {
                plan.Note(name, source.Id, "no destination outside of every failover domain");
            }
            else if (WhyNot(source, plan) is { } reason)
            {
                plan.Note(name, source.Id, reason);
            }
            else if (FindDestination(source, destinations, next) is { } found)
            {
                plan.Add(name, source, destinations[found], RequestSelection.Everything, $"the source is {source.Health}");
                next = found + 1;
            }
            else
            {
                plan.Note(name, source.Id, "no destination of its kind has a free slot");
            }
        }
    }

    private static string? WhyNot(FullModeInstance source, PlanBuilder plan) =>
        source.IsReplaced ? "another instance came to its address"
        : MigrationEnds.WhyNothingLeaves(source)
        ?? (plan.IsRestingWhileFailing(source) ? "it has not reported since its last migration" : null);

    /// <summary>
    /// The next destination in turn with a free slot and KV headroom; when there is none, with a free slot alone: requests that wait before a full
    /// cache count as used, and all destinations may be that full.
    /// </summary>
    private static int? FindDestination(FullModeInstance source, List<FullModeInstance> destinations, int next) =>
        Find(source, destinations, next, static destination => MigrationEnds.WhyNothingComes(destination) is null)
        ?? Find(source, destinations, next, static destination => MigrationEnds.FreeSlots(destination) > 0);

    private static int? Find(FullModeInstance source, List<FullModeInstance> destinations, int next, Func<FullModeInstance, bool> canTake)
    {
        for (int i = 0; i < destinations.Count; i++)
        {
            int index = (next + i) % destinations.Count;
            if (MigrationEnds.AreAlike(source.Metadata, destinations[index].Metadata) && canTake(destinations[index]))
            {
                return index;
            }
        }

        return null;
    }
}
