using System.Net;
using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.KvStore;

/// <summary>Where v6d's metadata is: a Redis Cluster.</summary>
public sealed record V6dOptions
{
    /// <summary>Nodes of the cluster, at least one; the others are found through it.</summary>
    public IReadOnlyList<DnsEndPoint> Nodes { get; init; } = [];

    /// <summary>Password; empty: none.</summary>
    public Secret Password { get; init; }

    /// <summary>Whether the connections to all nodes are TLS. The servers' certificates are always checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// PEM file with the certificate authorities that the servers' certificates are checked against; empty: the system's authorities.
    /// </summary>
    public string CaFile { get; init; } = "";

    /// <summary>Timeout of connecting and of each query; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The options without their secret.</summary>
    public override string ToString() => $"{string.Join(',', Nodes.Select(node => $"{node.Host}:{node.Port}"))}, timeout {Timeout}";
}
