using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Empties the instances of one infer type that are bad or stand in a failure domain, onto the healthy ones by turns.</summary>
internal sealed class FailoverPolicy(string name, InferType inferType) : ReschedulingPolicy
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    internal override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        // The snapshot is sorted by id within a type.
        List<FullModeInstance> all = [.. snapshot.Instances.Where(instance => instance.InferType == inferType)];
        List<FullModeInstance> destinations = [.. all.Where(static instance => instance.Health == InstanceHealth.Ok)];
        int next = 0;
        foreach (FullModeInstance source in all.Where(static instance => instance.Health != InstanceHealth.Ok))
        {
            if (destinations.Count == 0)
            {
                plan.Note(name, source.Id, "no destination outside of every failure domain");
            }
            else if (IsEmpty(source))
            {
                plan.Note(name, source.Id, "nothing to migrate");
            }
            else
            {
                plan.Add(name, source, destinations[next++ % destinations.Count], RequestSelection.Everything, $"the source is {source.Health}");
            }
        }
    }

    /// <summary>A fresh status without any request. What a stale one says is long ago.</summary>
    private static bool IsEmpty(FullModeInstance instance) => !instance.IsStale
        && instance.Status.RunningRequestCount <= 0
        && instance.Status.WaitingRequestCount <= 0
        && instance.Status.LoadingRequestCount <= 0;
}
