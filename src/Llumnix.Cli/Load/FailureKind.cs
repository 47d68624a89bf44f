namespace Llumnix.Cli.Load;

/// <summary>Why a request of the load was not served.</summary>
internal enum FailureKind
{
    /// <summary>The gateway answered 429: as many requests as may wait are waiting.</summary>
    QueueFull,

    /// <summary>The gateway answered 404: there is no engine for such requests.</summary>
    EngineNotFound,

    /// <summary>The gateway answered 503: no engine had room in time, or nothing can be placed yet.</summary>
    Unavailable,

    /// <summary>The engines failed: any other error, an error in the stream, or a stream that has no token.</summary>
    EngineError,

    /// <summary>No connection to the gateway, or a broken one.</summary>
    Connection,

    /// <summary>The request took longer than is allowed.</summary>
    Timeout,
}
