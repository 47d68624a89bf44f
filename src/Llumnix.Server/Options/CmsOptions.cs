namespace Llumnix.Server.Options;

/// <summary>The Redis that llumlets write instance metadata and status to, and how often it is read.</summary>
public sealed record CmsOptions
{
    /// <summary>Host name or address.</summary>
    public string RedisHost { get; init; } = "redis";

    /// <summary>TCP port, 1 to 65535.</summary>
    public int RedisPort { get; init; } = 6379;

    /// <summary>User name; empty for none.</summary>
    public string RedisUsername { get; init; } = "";

    /// <summary>Password; empty for none.</summary>
    public Secret RedisPassword { get; init; }

    /// <summary>Bound on connecting and on each command.</summary>
    public TimeSpan RedisTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a failed connection is tried again, 0 or above.</summary>
    public int RedisRetries { get; init; } = 1;

    /// <summary>Whether the connection is TLS.</summary>
    public bool UseRedisTls { get; init; }

    /// <summary>PEM file of the authorities that the server's certificate is checked against; empty for the system's.</summary>
    public string RedisCaFile { get; init; } = "";

    /// <summary>Time between two reads of all statuses.</summary>
    public TimeSpan PullStatusInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between two reads of all metadata.</summary>
    public TimeSpan PullMetadataInterval { get; init; } = TimeSpan.FromSeconds(10);
}
