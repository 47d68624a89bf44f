namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The order in which a migration takes requests; the abbreviations are the names in flags and on the wire.</summary>
public enum RequestSelectOrder
{
    /// <summary><c>LCR</c>: last come, running.</summary>
    LastComeRunning,

    /// <summary><c>FCR</c>: first come, running.</summary>
    FirstComeRunning,

    /// <summary><c>LR</c>: longest running.</summary>
    LongestRunning,

    /// <summary><c>SR</c>: shortest running.</summary>
    ShortestRunning,

    /// <summary><c>FCW</c>: first come, waiting.</summary>
    FirstComeWaiting,

    /// <summary><c>FCWSR</c>: first come waiting, then shortest running.</summary>
    FirstComeWaitingThenShortestRunning,
}
