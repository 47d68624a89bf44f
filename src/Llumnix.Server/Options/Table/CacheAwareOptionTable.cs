using Llumnix.Adapters.KvStore;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.PrefixCache;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class CacheAwareOptionTable
{
    private const string Title = "Cache-aware scheduling (full mode)";

    private static readonly OptionGroup<SchedulerOptions, CacheAwareOptions> Group = new(Title, o => o.CacheAware, (o, g) => o with { CacheAware = g });

    private static readonly OptionGroup<SchedulerOptions, PrefixLookupOptions> Lookup =
        new(Title, o => Group.Get(o).Lookup, (o, g) => Group.Set(o, Group.Get(o) with { Lookup = g }));

    private static readonly OptionGroup<SchedulerOptions, ChunkKeyOptions> Keys =
        new(Title, o => Lookup.Get(o).ChunkKeys, (o, g) => Lookup.Set(o, Lookup.Get(o) with { ChunkKeys = g }));

    private static readonly OptionGroup<SchedulerOptions, PrefixHistoryOptions> History =
        new(Title, o => Group.Get(o).History, (o, g) => Group.Set(o, Group.Get(o) with { History = g }));

    private static readonly OptionGroup<SchedulerOptions, KvStoreOptions> Store = new(Title, o => o.KvStore, (o, g) => o with { KvStore = g });

    private static readonly OptionGroup<SchedulerOptions, MooncakeOptions> Mooncake =
        new(Title, o => Store.Get(o).Mooncake, (o, g) => Store.Set(o, Store.Get(o) with { Mooncake = g }));

    private static readonly OptionGroup<SchedulerOptions, V6dOptions> V6d =
        new(Title, o => Store.Get(o).V6d, (o, g) => Store.Set(o, Store.Get(o) with { V6d = g }));

    private static readonly OptionType<CacheAwareSource> Source =
        Choice(("store", CacheAwareSource.Store), ("history", CacheAwareSource.History));

    private static readonly OptionType<KvStoreBackend> Backend =
        Choice(("mooncake", KvStoreBackend.Mooncake), ("v6d", KvStoreBackend.V6d));

    private static readonly OptionType<ChunkHashAlgorithm> HashAlgorithm = Choice(
        ("sha256_cbor", ChunkHashAlgorithm.Sha256Cbor),
        ("sha256_hex", ChunkHashAlgorithm.Sha256Hex),
        ("xxhash", ChunkHashAlgorithm.XxHash));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("enable-cache-aware-scheduling", OptionTypes.Boolean, "Prefer instances that hold the prompt's prefix.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Lookup.Row("cache-aware-scheduling-min-tokens", Integer(0), "Shortest prompt, in tokens, that is looked up or, with history, steered by its hits.",
            g => g.MinTokens, (g, v) => g with { MinTokens = v }),
        Group.Row("cache-aware-source", Source,
            "What tells prefix hits: store, the engines' KV store; history, estimates from where earlier prompts were placed, for engines without one.",
            g => g.Source, (g, v) => g with { Source = v }),
        History.Row("cache-aware-history-chunk-tokens", Integer(1, 65_536),
            "With history: tokens per chunk of prompts that come as token ids. A hit is a multiple of it.",
            g => g.ChunkTokens, (g, v) => g with { ChunkTokens = v }),
        History.Row("cache-aware-history-max-chunks", Integer(1, 67_108_864),
            "With history: most chunks that are remembered for all instances together; 60 bytes each.",
            g => g.MaxChunks, (g, v) => g with { MaxChunks = v }),
        Store.Row("kvs-backend", Backend, "Kind of KV metadata service.", g => g.Backend, (g, v) => g with { Backend = v }),
        Keys.Row("kvs-hash-algo", HashAlgorithm, "Hash of the chunk keys in the KV store; always xxhash with v6d.",
            g => g.Algorithm, (g, v) => g with { Algorithm = v }),
        Keys.Row("kvs-hash-seed", Text, "Seed of the hashes of chunk keys; must be the KV store's.",
            g => g.Seed, (g, v) => g with { Seed = v })
            with { EnvironmentAliases = ["GO_HASH_SEED"] },
        Keys.Row("kvs-chunk-size", Integer(1, 65_536),
            "Tokens per chunk in the KV store; must be the store's.",
            g => g.ChunkSize, (g, v) => g with { ChunkSize = v }),
        Keys.Row("kvs-enable-save-unfull-chunk", OptionTypes.Boolean, "Hash the last, incomplete chunk too.",
            g => g.IncludesUnfullChunk, (g, v) => g with { IncludesUnfullChunk = v }),
        Lookup.Row("kvs-retry-times", Integer(0, 1000), "How often a query to the KV metadata service is tried.",
            g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
        Lookup.Row("kvs-retry-interval-ms", MillisecondsOrZero, "Time between two tries of a query to the KV metadata service, in milliseconds.",
            g => g.RetryInterval, (g, v) => g with { RetryInterval = v }),
        Lookup.Row("kvs-metadata-service-down-duration-s", SecondsOrZero, "How long the KV metadata service is left alone after it failed, in seconds.",
            g => g.DownDuration, (g, v) => g with { DownDuration = v }),
        Lookup.Row("kvs-query-timeout-ms", Milliseconds, "Budget of one request's lookup in the KV metadata service, all tries together, in milliseconds.",
            g => g.QueryTimeout, (g, v) => g with { QueryTimeout = v }),
        Mooncake.Row("kvs-metadata-service-http-server-host", OptionTypes.HostOfUrl, "Host of the Mooncake master.",
            g => g.Host, (g, v) => g with { Host = v }),
        Mooncake.Row("kvs-metadata-service-http-server-port", Port, "Port of the Mooncake master.",
            g => g.Port, (g, v) => g with { Port = v }),
        Mooncake.Row("kvs-metadata-service-http-server-tls", OptionTypes.Boolean, "Ask the Mooncake master with TLS.",
            g => g.UseTls, (g, v) => g with { UseTls = v }),
        Mooncake.Row("kvs-metadata-service-http-server-ca-file", FilePath, "PEM file of the authorities that the Mooncake master is checked against.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Keys.Row("kvs-iris-meta-prefix", Text, "First part of a v6d key.", g => g.IrisMetaPrefix, (g, v) => g with { IrisMetaPrefix = v }),
        Keys.Row("kvs-vllm-block-prefix", Text, "Second part of a v6d key.",
            g => g.VllmBlockPrefix, (g, v) => g with { VllmBlockPrefix = v }),
        V6d.Row("kvs-metadata-service-redis-cluster-hosts", ListTypes.Endpoints(6379), "Nodes of v6d's Redis Cluster.",
            g => g.Nodes, (g, v) => g with { Nodes = v }),
        V6d.Row("kvs-metadata-service-redis-cluster-password", OptionTypes.Secret, "Password of v6d's Redis Cluster.",
            g => g.Password, (g, v) => g with { Password = v }),
        V6d.SecretFileRow("kvs-metadata-service-redis-cluster-password"),
        V6d.Row("kvs-metadata-service-redis-cluster-tls", OptionTypes.Boolean, "Connect to v6d's Redis Cluster with TLS.",
            g => g.UseTls, (g, v) => g with { UseTls = v }),
        V6d.Row("kvs-metadata-service-redis-cluster-ca-file", FilePath, "PEM file of the authorities that v6d's Redis Cluster is checked against.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Store.Row("kvs-metadata-service-config-path", FilePath, "Configuration file of the KV metadata service.",
            g => g.ConfigPath, (g, v) => g with { ConfigPath = v }),
    ];
}
