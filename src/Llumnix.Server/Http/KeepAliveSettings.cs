namespace Llumnix.Server.Http;

/// <summary>How gateways' keep-alive connections are watched.</summary>
internal sealed record KeepAliveSettings
{
    /// <summary>Time between two pings.</summary>
    internal TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A ping that has no pong by then ends the connection: two pings' time.</summary>
    internal TimeSpan PongTimeout => 2 * PingInterval;

    /// <summary>How long a gateway may take to say who it is.</summary>
    internal TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
