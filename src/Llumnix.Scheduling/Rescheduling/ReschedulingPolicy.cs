namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Wants migrations. Pure: the same snapshot gives the same wishes.</summary>
public abstract class ReschedulingPolicy
{
    /// <summary>The name in configuration and towards llumlets.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the pairs that the policy wants, most urgent first, and notes what it left out.</summary>
    public abstract void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan);
}
