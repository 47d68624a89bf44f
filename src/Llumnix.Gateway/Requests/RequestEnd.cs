namespace Llumnix.Gateway.Requests;

/// <summary>Why a request was ended from outside.</summary>
internal enum RequestEnd
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The client has gone.</summary>
    ClientGone,

    /// <summary>Nothing moved for too long.</summary>
    TimedOut,

    /// <summary>The gateway stops.</summary>
    Stopping,
}
