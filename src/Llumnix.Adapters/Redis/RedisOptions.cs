namespace Llumnix.Adapters.Redis;

/// <summary>Where a Redis server is and how it is talked to.</summary>
public sealed record RedisOptions
{
    /// <summary>Host name or address of the server.</summary>
    public string Host { get; init; } = "redis";

    /// <summary>Its port, 1 to 65535.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>ACL user; empty: the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password; empty: none. Never logged.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether the connection is TLS. The server's certificate is always checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>PEM file with the certificate of the authority that the server's must come from; empty: the system's authorities.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>How long connecting and each command may take; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The options without their secret.</summary>
    public override string ToString() => $"{Host}:{Port}, user '{User}', TLS {(UseTls ? "on" : "off")}, timeout {Timeout}";
}
