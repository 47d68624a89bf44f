using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Adapters.Llumlets;

/// <summary>What came of a migration.</summary>
/// <param name="Pair">The migration.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Message">What the llumlet said, or what went wrong.</param>
public sealed record MigrationResult(MigrationPair Pair, MigrationOutcome Outcome, string Message)
{
    /// <summary>Whether the source is left alone since this call, or no longer is.</summary>
    public BackOffChange BackOff { get; init; }
}
