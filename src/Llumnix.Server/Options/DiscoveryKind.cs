namespace Llumnix.Server.Options;

/// <summary>Where lite mode finds instances.</summary>
public enum DiscoveryKind
{
    /// <summary>Entries in Redis, polled.</summary>
    Redis,

    /// <summary>Entries in etcd, watched.</summary>
    Etcd,

    /// <summary>A fixed list.</summary>
    Endpoints,

    /// <summary>Names that are looked up, polled.</summary>
    Dns,

    /// <summary>Pods of Kubernetes, watched.</summary>
    Kubernetes,
}
