namespace Llumnix.Adapters.Llumlets;

/// <summary>The outcome of a migration call.</summary>
public enum MigrationOutcome
{
    /// <summary>The llumlet has moved requests.</summary>
    Migrated,

    /// <summary>The llumlet answered and declined.</summary>
    Refused,

    /// <summary>The llumlet did not answer in time.</summary>
    TimedOut,

    /// <summary>The llumlet could not be called, or the call broke off.</summary>
    Failed,

    /// <summary>Every connection of the pool was in use.</summary>
    PoolBusy,

    /// <summary>The llumlet was not called because of earlier failures.</summary>
    BackingOff,

    /// <summary>The process is stopping.</summary>
    Cancelled,
}
