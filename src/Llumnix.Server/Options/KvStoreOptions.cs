using Llumnix.Adapters.KvStore;

namespace Llumnix.Server.Options;

/// <summary>The KV store's metadata service, which cache-aware scheduling asks.</summary>
public sealed record KvStoreOptions
{
    /// <summary>The kind of metadata service.</summary>
    public KvStoreBackend Backend { get; init; } = KvStoreBackend.Mooncake;

    /// <summary>The Mooncake master.</summary>
    public MooncakeOptions Mooncake { get; init; } = new();

    /// <summary>The Redis Cluster of v6d.</summary>
    public V6dOptions V6d { get; init; } = new();

    /// <summary>Path of a configuration file of the metadata service; empty for none. Without effect.</summary>
    public string ConfigPath { get; init; } = "";
}
