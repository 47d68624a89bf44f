namespace Llumnix.Gateway.Placement;

/// <summary>Why a request has no place.</summary>
public enum PlacementRefusal : byte
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>No instance can take it now; asking again may help.</summary>
    Busy,

    /// <summary>There is no instance of the kind or model.</summary>
    NotFound,

    /// <summary>The prompt is longer than any instance can hold.</summary>
    PromptTooLong,

    /// <summary>Who places requests does not answer, or knows nothing of the fleet yet.</summary>
    NotReady,

    /// <summary>All instances are excluded.</summary>
    AllExcluded,

    /// <summary>No instance can take it now, and as many requests as may wait are waiting.</summary>
    QueueFull,
}
