namespace Llumnix.Scheduling.Rescheduling;

/// <summary>What a cycle does, and why.</summary>
/// <param name="Pairs">The migrations, in the order of the policies.</param>
/// <param name="Notes">Every pair that was considered, and every policy that had none.</param>
public sealed record ReschedulingPlan(IReadOnlyList<MigrationPair> Pairs, IReadOnlyList<PlanNote> Notes);
