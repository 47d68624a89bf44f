using Llumnix.Adapters.Llumlets;

namespace Llumnix.Server.Rescheduling;

/// <summary>Classifies outcomes of migrations for telemetry and log.</summary>
internal static class MigrationOutcomes
{
    /// <summary>Whether a call to the source's llumlet was made or attempted; during back-off it is not.</summary>
    internal static bool IsAsked(MigrationOutcome outcome) => outcome is not (MigrationOutcome.BackingOff or MigrationOutcome.Cancelled);

    /// <summary>Whether the outcome is a failure. A refusal is not: it says that there is no free slot or nothing to move.</summary>
    internal static bool IsFailure(MigrationOutcome outcome) =>
        outcome is MigrationOutcome.TimedOut or MigrationOutcome.Failed or MigrationOutcome.PoolBusy;

    /// <summary>Whether requests may have moved or the llumlet has given a reason, so that the statuses of both ends are out of date.</summary>
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
