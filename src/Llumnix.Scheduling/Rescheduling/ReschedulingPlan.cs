namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The plan of a cycle with its reasons.</summary>
/// <param name="Pairs">The migrations, in the order of the policies.</param>
/// <param name="Notes">A note for every considered pair, and for every policy without one.</param>
public sealed record ReschedulingPlan(IReadOnlyList<MigrationPair> Pairs, IReadOnlyList<PlanNote> Notes);
