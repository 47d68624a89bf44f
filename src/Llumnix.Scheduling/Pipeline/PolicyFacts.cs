namespace Llumnix.Scheduling.Pipeline;

/// <summary>Facts from a scheduling policy's state for the rescheduling policies that belong to it. Immutable.</summary>
public abstract record PolicyFacts;
