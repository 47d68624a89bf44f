using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.Redis;

/// <summary>The address of a Redis server, and the timeout and credentials of its clients.</summary>
public sealed record RedisOptions
{
    /// <summary>Host name or address of the server.</summary>
    public string Host { get; init; } = "redis";

    /// <summary>Its port, 1 to 65535.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>ACL user; empty: the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password; empty: none.</summary>
    public Secret Password { get; init; }

    /// <summary>Whether the connection is TLS. The server's certificate is always checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// PEM file with the certificate authorities that the server's certificate is checked against; empty: the system's authorities.
    /// </summary>
    public string CaFile { get; init; } = "";

    /// <summary>Timeout of connecting and of each command; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The options without their secret.</summary>
    public override string ToString() => $"{Host}:{Port}, user '{User}', TLS {(UseTls ? "on" : "off")}, timeout {Timeout}";
}
