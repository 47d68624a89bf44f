using Llumnix.Adapters.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>Where the CMS's Redis is and how it is read.</summary>
public sealed record CmsOptions
{
    /// <summary>Host name or address of the Redis server.</summary>
    public string Host { get; init; } = "redis";

    /// <summary>Its port, 1 to 65535.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>ACL user; empty: the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password; empty: none. Never logged.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether the connection is TLS. The server's certificate is always checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// PEM file with the certificate authorities that the server's certificate is checked against; empty: the system's authorities.
    /// </summary>
    public string CaFile { get; init; } = "";

    /// <summary>How long connecting and each command may take; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a poll that failed is tried again at once, over a new connection; not negative.</summary>
    public int RetryTimes { get; init; } = 1;

    /// <summary>Time from the start of one poll of the status to the start of the next; above zero.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Time from the start of one poll of the metadata to the start of the next; above zero. Metadata are read in a poll of the status, so that they
    /// are read no more often than the status.
    /// </summary>
    public TimeSpan MetadataInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long instances that the store has lost are kept after the first of them is back. A llumlet writes its metadata every 20 s.
    /// </summary>
    public TimeSpan RebuildWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Largest number of instances; further ones are skipped.</summary>
    public int MaxInstances { get; init; } = 16_384;

    /// <summary>The options of the connection.</summary>
    internal RedisOptions Connection => new()
    {
        Host = Host,
        Port = Port,
        User = User,
        Password = Password,
        UseTls = UseTls,
        CaFile = CaFile,
        Timeout = Timeout,
    };

    /// <summary>The options without their secret.</summary>
    public override string ToString() => Connection.ToString();
}
