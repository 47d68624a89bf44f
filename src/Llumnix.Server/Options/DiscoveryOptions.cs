using Llumnix.Adapters.Discovery;

namespace Llumnix.Server.Options;

/// <summary>Where lite mode, and full mode over the engines' own metrics, find instances.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>Which of the sources is used.</summary>
    public DiscoveryKind Kind { get; init; } = DiscoveryKind.Redis;

    /// <summary>Discovery in Redis.</summary>
    public RedisDiscoveryOptions Redis { get; init; } = new();

    /// <summary>Discovery in etcd.</summary>
    public EtcdDiscoveryOptions Etcd { get; init; } = new();

    /// <summary>Discovery by DNS.</summary>
    public DnsDiscoveryOptions Dns { get; init; } = new();

    /// <summary>Discovery in Kubernetes.</summary>
    public KubernetesDiscoveryOptions Kubernetes { get; init; } = new();

    /// <summary>The fixed list; port 80 where none is given.</summary>
    public IReadOnlyList<ListedEngine> Endpoints { get; init; } = [];
}
