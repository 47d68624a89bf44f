using System.Net;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Server.Options;

/// <summary>Cache-aware scheduling: chunk keys and the KV store's metadata service.</summary>
public sealed record CacheAwareOptions
{
    // Null: not set.
    private readonly ChunkHashAlgorithm? _hashAlgorithm;

    /// <summary>Whether prefix hits steer placements.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Shortest prompt, in tokens, that is looked up.</summary>
    public int MinTokens { get; init; } = 1024;

    /// <summary>The kind of metadata service.</summary>
    public KvStoreBackend Backend { get; init; } = KvStoreBackend.Mooncake;

    /// <summary>How chunk keys are hashed; always <see cref="ChunkHashAlgorithm.XxHash"/> with v6d.</summary>
    public ChunkHashAlgorithm HashAlgorithm
    {
        get => _hashAlgorithm ?? ChunkHashAlgorithm.Sha256Cbor;
        init => _hashAlgorithm = value;
    }

    /// <summary>Seed of the hash chain; must match the store's.</summary>
    public string HashSeed { get; init; } = "0";

    /// <summary>Tokens per chunk, 1 or above.</summary>
    public int ChunkSize { get; init; } = 256;

    /// <summary>Whether the last, incomplete chunk is hashed too.</summary>
    public bool IncludesUnfullChunk { get; init; }

    /// <summary>How often a query is tried.</summary>
    public int RetryTimes { get; init; } = 5;

    /// <summary>Time between two tries.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a service that has failed is not asked.</summary>
    public TimeSpan DownDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Total budget of one request's lookup; then the decision uses the hits known so far.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Host of the Mooncake master's HTTP server.</summary>
    public string MetadataServiceHost { get; init; } = "0.0.0.0";

    /// <summary>Port of the Mooncake master's HTTP server, 1 to 65535.</summary>
    public int MetadataServicePort { get; init; } = 9003;

    /// <summary>Whether the Mooncake master is asked over https.</summary>
    public bool UseMetadataServiceTls { get; init; }

    /// <summary>PEM file of the authorities that the Mooncake master is checked against; empty for the system's.</summary>
    public string MetadataServiceCaFile { get; init; } = "";

    /// <summary>First part of a v6d chunk key.</summary>
    public string IrisMetaPrefix { get; init; } = "iris.";

    /// <summary>Second part of a v6d chunk key.</summary>
    public string VllmBlockPrefix { get; init; } = "block.hash.key.";

    /// <summary>Nodes of v6d's Redis Cluster.</summary>
    public IReadOnlyList<DnsEndPoint> RedisClusterHosts { get; init; } = [];

    /// <summary>Password of v6d's Redis Cluster; empty for none.</summary>
    public Secret RedisClusterPassword { get; init; }

    /// <summary>Whether the connections to v6d's Redis Cluster are TLS.</summary>
    public bool UseRedisClusterTls { get; init; }

    /// <summary>PEM file of the authorities that v6d's Redis Cluster is checked against; empty for the system's.</summary>
    public string RedisClusterCaFile { get; init; } = "";

    /// <summary>Path of a configuration file of the metadata service; empty for none.</summary>
    public string MetadataServiceConfigPath { get; init; } = "";

    /// <summary>The options with another default of <see cref="HashAlgorithm"/>; it stays when it was set.</summary>
    internal CacheAwareOptions WithDefaultHash(ChunkHashAlgorithm algorithm) => this with { HashAlgorithm = _hashAlgorithm ?? algorithm };
}
