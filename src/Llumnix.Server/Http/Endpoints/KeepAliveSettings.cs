namespace Llumnix.Server.Http.Endpoints;

/// <summary>Timeouts of gateways' keep-alive connections.</summary>
internal sealed record KeepAliveSettings
{
    /// <summary>Time between two pings.</summary>
    internal TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A connection without a pong for this long is closed: two ping intervals.</summary>
    internal TimeSpan PongTimeout => 2 * PingInterval;

    /// <summary>How long a gateway may take to send its id.</summary>
    internal TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
