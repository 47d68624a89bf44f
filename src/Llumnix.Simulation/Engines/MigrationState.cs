namespace Llumnix.Simulation.Engines;

/// <summary>Where the migration of a request stands.</summary>
public enum MigrationState
{
    /// <summary>Its KV is being copied while it goes on at the source.</summary>
    Copying,

    /// <summary>Little enough is left to be copied: the request can be stopped.</summary>
    ReadyToStop,

    /// <summary>It stands still while the rest is copied.</summary>
    Stopped,

    /// <summary>Over: it is on the destination.</summary>
    Completed,

    /// <summary>Over: it ended at the source before.</summary>
    RequestFinished,

    /// <summary>Over: it was aborted at the source.</summary>
    RequestAborted,

    /// <summary>Over: the source had to drop its KV for want of blocks.</summary>
    RequestPreempted,

    /// <summary>Over: the destination has no space for what was added during the copy. The request goes on at the source.</summary>
    DestinationFull,

    /// <summary>Over: the destination has dropped the reservation. The request goes on at the source.</summary>
    DestinationLost,

    /// <summary>Over: called off. The request goes on at the source.</summary>
    Cancelled,
}
