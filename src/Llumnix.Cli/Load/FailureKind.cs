namespace Llumnix.Cli.Load;

/// <summary>Why a request of the load was not served.</summary>
internal enum FailureKind
{
    /// <summary>The scheduler answered 429: there are endpoints, but none can take the request.</summary>
    NoAvailableEndpoint,

    /// <summary>The scheduler answered 404: there is no endpoint.</summary>
    EndpointNotFound,

    /// <summary>The scheduler answered 503 or anything else that a gateway takes for "not ready".</summary>
    SchedulerNotReady,

    /// <summary>The engine answered with an error, or with a stream that has no token.</summary>
    EngineError,

    /// <summary>No connection to the scheduler or the engine, or a broken one.</summary>
    Connection,

    /// <summary>The scheduler or the engine took longer than is allowed.</summary>
    Timeout,
}
