namespace Llumnix.Server.Options;

/// <summary>The kinds of KV metadata service.</summary>
public enum KvStoreBackend
{
    /// <summary>The Mooncake master, over HTTP.</summary>
    Mooncake,

    /// <summary>v6d, in a Redis Cluster.</summary>
    V6d,
}
