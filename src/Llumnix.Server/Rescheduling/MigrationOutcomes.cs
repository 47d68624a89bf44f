using Llumnix.Adapters.Llumlets;

namespace Llumnix.Server.Rescheduling;

/// <summary>What outcomes of migrations mean to who watches.</summary>
internal static class MigrationOutcomes
{
    /// <summary>Whether the source's llumlet was asked, or was to be; it is not while it is left alone.</summary>
    internal static bool IsAsked(MigrationOutcome outcome) => outcome is not (MigrationOutcome.BackingOff or MigrationOutcome.Cancelled);

    /// <summary>Whether something is wrong. A refusal is an answer: no free slot, or nothing to move.</summary>
    internal static bool IsFailure(MigrationOutcome outcome) =>
        outcome is MigrationOutcome.TimedOut or MigrationOutcome.Failed or MigrationOutcome.PoolBusy;

    /// <summary>Whether requests may have moved or the llumlet has said why not, so that both ends' statuses are out of date.</summary>
    internal static bool IsAnswered(MigrationOutcome outcome) => IsAsked(outcome) && outcome != MigrationOutcome.PoolBusy;

    /// <summary>The name in metrics.</summary>
    internal static string NameOf(MigrationOutcome outcome) => outcome switch
    {
        MigrationOutcome.Migrated => "migrated",
        MigrationOutcome.Refused => "refused",
        MigrationOutcome.TimedOut => "timed_out",
        MigrationOutcome.PoolBusy => "pool_busy",
        MigrationOutcome.BackingOff => "backing_off",
        _ => "failed",
    };
}
