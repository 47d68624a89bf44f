namespace Llumnix.Server.Options;

/// <summary>Discovery in Redis.</summary>
public sealed record RedisDiscoveryOptions
{
    /// <summary>Host name or address.</summary>
    public string Host { get; init; } = "redis";

    /// <summary>TCP port, 1 to 65535.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>User name; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>Password; empty for none.</summary>
    public Secret Password { get; init; }

    /// <summary>Bound on connecting and on each command.</summary>
    public TimeSpan SocketTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a failed connection is tried again, 0 or above.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>An entry that has not changed for this time, while others have, is dropped.</summary>
    public TimeSpan StatusLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between two reads.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the connection is TLS.</summary>
    public bool UseTls { get; init; }

    /// <summary>PEM file of the authorities that the server's certificate is checked against; empty for the system's.</summary>
    public string CaFile { get; init; } = "";
}
