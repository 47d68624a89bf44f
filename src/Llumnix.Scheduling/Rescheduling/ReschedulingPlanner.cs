namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Plans the migrations of a cycle: runs the policies in order over one snapshot. Has no state and no randomness; <see cref="RestingInstances"/>
/// holds the effects of earlier migrations.
/// </summary>
public sealed class ReschedulingPlanner
{
    private readonly ReschedulingPolicy[] _policies;

    /// <param name="policies">The policies in their order.</param>
    public ReschedulingPlanner(IEnumerable<ReschedulingPolicy> policies) => _policies = [.. policies];

    /// <summary>Plans one cycle.</summary>
    /// <param name="snapshot">The cluster.</param>
    /// <param name="resting">The instances that rest after earlier migrations; null for none. Those that have rested are removed.</param>
    public ReschedulingPlan Plan(ReschedulingSnapshot snapshot, RestingInstances? resting = null)
    {
        resting?.Update(snapshot.Instances);
        var plan = new PlanBuilder(resting);
        foreach (ReschedulingPolicy policy in _policies)
        {
            policy.Plan(snapshot, plan);
        }

        return plan.Build();
    }
}
