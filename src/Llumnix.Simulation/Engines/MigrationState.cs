namespace Llumnix.Simulation.Engines;

/// <summary>The state of a request's migration.</summary>
public enum MigrationState
{
    /// <summary>Its KV is being copied while the request goes on at the source.</summary>
    Copying,

    /// <summary>Little enough is left to be copied: the request can be stopped.</summary>
    ReadyToStop,

    /// <summary>The request stands still while the rest is copied.</summary>
    Stopped,

    /// <summary>Over: the request is at the destination.</summary>
    Completed,

    /// <summary>Over: the request finished at the source.</summary>
    RequestFinished,

    /// <summary>Over: the request was aborted at the source.</summary>
    RequestAborted,

    /// <summary>Over: the source had to drop the request's KV for lack of blocks.</summary>
    RequestPreempted,

    /// <summary>Over: the destination has no space for tokens added during the copy. The request goes on at the source.</summary>
    DestinationFull,

    /// <summary>Over: the destination has dropped the reservation. The request goes on at the source.</summary>
    DestinationLost,

    /// <summary>Over: cancelled. The request goes on at the source.</summary>
    Cancelled,
}
