namespace Llumnix.Gateway.Requests;

/// <summary>Why a request was ended from outside.</summary>
internal enum RequestEnd
{
    /// <summary>It was not ended from outside.</summary>
    None,

    /// <summary>The client has gone.</summary>
    ClientGone,

    /// <summary>There was no progress for too long.</summary>
    TimedOut,

    /// <summary>The gateway stops.</summary>
    Stopping,
}
