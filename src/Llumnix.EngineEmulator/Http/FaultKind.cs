namespace Llumnix.EngineEmulator.Http;

/// <summary>A fault that a client provokes.</summary>
internal enum FaultKind
{
    None,

    /// <summary>A stream has an error event and ends; an answer without streaming, or a stream without a token so far, is a 500.</summary>
    Error,

    /// <summary>The connection closes within an event, or within the body.</summary>
    Cut,

    /// <summary>Nothing more is sent; the connection stays open until the client leaves or the request times out.</summary>
    Hang,
}
