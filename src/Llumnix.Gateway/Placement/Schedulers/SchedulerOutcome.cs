namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>What a scheduler has answered to <c>/schedule</c>, or why there is no answer.</summary>
public enum SchedulerOutcome
{
    /// <summary>200 with instances.</summary>
    Placed,

    /// <summary>429: no instance can take the request now.</summary>
    Busy,

    /// <summary>429, because the prompt is longer than any instance can hold.</summary>
    PromptTooLong,

    /// <summary>404: there is no instance of the kind or model.</summary>
    NotFound,

    /// <summary>404, because all instances are excluded.</summary>
    AllExcluded,

    /// <summary>Any other answer, such as 503 while the scheduler does not know the fleet.</summary>
    NotReady,

    /// <summary>No connection, or a broken one.</summary>
    Unreachable,

    /// <summary>No answer within the time allowed.</summary>
    TimedOut,
}
