namespace Llumnix.Scheduling.Pipeline;

/// <summary>What a scheduling policy tells the rescheduling policies that belong to it. Immutable.</summary>
public abstract record PolicyFacts;
