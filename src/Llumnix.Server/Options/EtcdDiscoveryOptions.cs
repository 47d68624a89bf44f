namespace Llumnix.Server.Options;

/// <summary>Discovery in etcd.</summary>
public sealed record EtcdDiscoveryOptions
{
    /// <summary>Members of the cluster as <c>host:port</c> or URLs; <c>https://</c> is TLS.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = ["etcd:2379"];

    /// <summary>User name; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>Password; empty for none.</summary>
    public Secret Password { get; init; }

    /// <summary>Bound on connecting.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The writers' lease; an entry older than this at the first read is skipped.</summary>
    public TimeSpan LeaseLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between two full reads beside the watch.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>PEM file of the authorities that the servers' certificates are checked against; empty for the system's.</summary>
    public string CaFile { get; init; } = "";
}
