namespace Llumnix.Adapters.Llumlets;

/// <summary>What came of a migration.</summary>
public enum MigrationOutcome
{
    /// <summary>The llumlet has moved requests.</summary>
    Migrated,

    /// <summary>The llumlet answered that it will not.</summary>
    Refused,

    /// <summary>The llumlet did not answer in time.</summary>
    TimedOut,

    /// <summary>The llumlet could not be called, or broke off.</summary>
    Failed,

    /// <summary>Every connection of the pool was in use.</summary>
    PoolBusy,

    /// <summary>The llumlet was not called, since earlier calls failed.</summary>
    BackingOff,

    /// <summary>The process is stopping.</summary>
    Cancelled,
}
