using Llumnix.Scheduling;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Simulation.Fleet;

/// <summary>The rescheduler of a simulation: its planner, fed by a scheduler's view.</summary>
/// <param name="Scheduler">The scheduler whose view is planned over.</param>
/// <param name="Planner">The planner.</param>
/// <param name="Interval">Time between two cycles.</param>
public sealed record Rescheduling(FullModeScheduler Scheduler, ReschedulingPlanner Planner, TimeSpan Interval)
{
    /// <summary>Receives each cycle's plan before it is carried out; null for no callback.</summary>
    public Action<ReschedulingPlan>? OnPlanned { get; init; }
}
