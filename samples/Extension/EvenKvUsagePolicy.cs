using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Samples.Extension;

/// <summary>Moves the newest request from the instance with the fullest KV cache to the one with the emptiest, when they differ by a limit.</summary>
public sealed class EvenKvUsagePolicy(string name, double limit) : ReschedulingPolicy
{
    private readonly KvCacheUsageRatioProjected _usage = new();

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        FullModeInstance[] byUsage =
        [
            .. snapshot.Instances.Where(static instance => instance.Health == InstanceHealth.Ok).OrderBy(_usage.Evaluate),
        ];
        if (byUsage.Length < 2 || _usage.Evaluate(byUsage[^1]) - _usage.Evaluate(byUsage[0]) < limit)
        {
            plan.Note(Name, null, "even enough");
            return;
        }

        plan.Add(Name, byUsage[^1], byUsage[0], RequestSelection.Newest, "fullest and emptiest");
    }
}
