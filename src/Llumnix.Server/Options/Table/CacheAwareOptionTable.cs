using Llumnix.Scheduling.PrefixCache;
using static Llumnix.Server.Options.Table.DurationTypes;
using static Llumnix.Server.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class CacheAwareOptionTable
{
    private static readonly OptionGroup<CacheAwareOptions> Group =
        new("Cache-aware scheduling (full mode)", o => o.CacheAware, (o, g) => o with { CacheAware = g });

    private static readonly OptionType<KvStoreBackend> Backend =
        Choice(("mooncake", KvStoreBackend.Mooncake), ("v6d", KvStoreBackend.V6d));

    private static readonly OptionType<ChunkHashAlgorithm> HashAlgorithm = Choice(
        ("sha256_cbor", ChunkHashAlgorithm.Sha256Cbor),
        ("sha256_hex", ChunkHashAlgorithm.Sha256Hex),
        ("xxhash", ChunkHashAlgorithm.XxHash));

    public static IReadOnlyList<OptionDefinition> Rows { get; } =
    [
        Group.Row("enable-cache-aware-scheduling", OptionTypes.Boolean, "Prefer instances that hold the prompt's prefix.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Group.Row("cache-aware-scheduling-min-tokens", Integer(0), "Shortest prompt, in tokens, that is looked up.",
            g => g.MinTokens, (g, v) => g with { MinTokens = v }),
        Group.Row("kvs-backend", Backend, "Kind of KV metadata service.", g => g.Backend, (g, v) => g with { Backend = v }),
        Group.Row("kvs-hash-algo", HashAlgorithm, "Hash of the chunk keys; always xxhash with v6d.",
            g => g.HashAlgorithm, (g, v) => g with { HashAlgorithm = v }),
        Group.Row("kvs-hash-seed", Text, "Seed of the hash chain; must match the store's.",
            g => g.HashSeed, (g, v) => g with { HashSeed = v })
            with { EnvironmentAliases = ["GO_HASH_SEED"] },
        Group.Row("kvs-chunk-size", Integer(1, 65_536), "Tokens per chunk.", g => g.ChunkSize, (g, v) => g with { ChunkSize = v }),
        Group.Row("kvs-enable-save-unfull-chunk", OptionTypes.Boolean, "Hash the last, incomplete chunk too.",
            g => g.IncludesUnfullChunk, (g, v) => g with { IncludesUnfullChunk = v }),
        Group.Row("kvs-retry-times", Integer(0, 1000), "How often a query is tried.",
            g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
        Group.Row("kvs-retry-interval-ms", MillisecondsOrZero, "Time between two tries, in milliseconds.",
            g => g.RetryInterval, (g, v) => g with { RetryInterval = v }),
        Group.Row("kvs-metadata-service-down-duration-s", SecondsOrZero, "How long the service is left alone after it failed, in seconds.",
            g => g.DownDuration, (g, v) => g with { DownDuration = v }),
        Group.Row("kvs-query-timeout-ms", Milliseconds, "Budget of one request's lookup, all tries together, in milliseconds.",
            g => g.QueryTimeout, (g, v) => g with { QueryTimeout = v }),
        Group.Row("kvs-metadata-service-http-server-host", OptionTypes.Host, "Host of the Mooncake master.",
            g => g.MetadataServiceHost, (g, v) => g with { MetadataServiceHost = v }),
        Group.Row("kvs-metadata-service-http-server-port", Port, "Port of the Mooncake master.",
            g => g.MetadataServicePort, (g, v) => g with { MetadataServicePort = v }),
        Group.Row("kvs-metadata-service-http-server-tls", OptionTypes.Boolean, "Ask the Mooncake master with TLS.",
            g => g.UseMetadataServiceTls, (g, v) => g with { UseMetadataServiceTls = v }),
        Group.Row("kvs-metadata-service-http-server-ca-file", Text, "PEM file of the authorities that the Mooncake master is checked against.",
            g => g.MetadataServiceCaFile, (g, v) => g with { MetadataServiceCaFile = v }),
        Group.Row("kvs-iris-meta-prefix", Text, "First part of a v6d key.", g => g.IrisMetaPrefix, (g, v) => g with { IrisMetaPrefix = v }),
        Group.Row("kvs-vllm-block-prefix", Text, "Second part of a v6d key.",
            g => g.VllmBlockPrefix, (g, v) => g with { VllmBlockPrefix = v }),
        Group.Row("kvs-metadata-service-redis-cluster-hosts", ListTypes.Endpoints(6379), "Nodes of v6d's Redis Cluster.",
            g => g.RedisClusterHosts, (g, v) => g with { RedisClusterHosts = v }),
        Group.Row("kvs-metadata-service-redis-cluster-password", OptionTypes.Secret, "Password of v6d's Redis Cluster.",
            g => g.RedisClusterPassword, (g, v) => g with { RedisClusterPassword = v }),
        Group.SecretFileRow("kvs-metadata-service-redis-cluster-password"),
        Group.Row("kvs-metadata-service-redis-cluster-tls", OptionTypes.Boolean, "Connect to v6d's Redis Cluster with TLS.",
            g => g.UseRedisClusterTls, (g, v) => g with { UseRedisClusterTls = v }),
        Group.Row("kvs-metadata-service-redis-cluster-ca-file", Text, "PEM file of the authorities that v6d's Redis Cluster is checked against.",
            g => g.RedisClusterCaFile, (g, v) => g with { RedisClusterCaFile = v }),
        Group.Row("kvs-metadata-service-config-path", Text, "Configuration file of the metadata service.",
            g => g.MetadataServiceConfigPath, (g, v) => g with { MetadataServiceConfigPath = v }),
    ];
}
