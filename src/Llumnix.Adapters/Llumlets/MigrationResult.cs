using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Adapters.Llumlets;

/// <summary>The result of a migration call.</summary>
/// <param name="Pair">The migration.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">The llumlet's message, or the error.</param>
public sealed record MigrationResult(MigrationPair Pair, MigrationOutcome Outcome, string Message)
{
    /// <summary>Whether this call begins or ends the back-off of its source.</summary>
    public BackOffChange BackOff { get; init; }
}
