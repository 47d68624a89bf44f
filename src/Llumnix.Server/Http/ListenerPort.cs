namespace Llumnix.Server.Http;

/// <summary>Which port answers a path. Without an admin port, the service port answers all.</summary>
internal enum ListenerPort
{
    /// <summary>Both.</summary>
    Any,

    /// <summary>The service port only.</summary>
    Service,

    /// <summary>The admin port only.</summary>
    Admin,
}
