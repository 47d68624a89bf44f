namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Proposes migrations. Pure: the same snapshot gives the same proposals.</summary>
public abstract class ReschedulingPolicy
{
    /// <summary>The name in configuration and in calls to llumlets.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the proposed pairs, most urgent first, and notes the ones left out.</summary>
    public abstract void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan);
}
