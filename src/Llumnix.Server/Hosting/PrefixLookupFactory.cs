using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the lookup of prompts in the KV store that validated options describe.</summary>
internal static class PrefixLookupFactory
{
    internal static PrefixHitLookup Make(CacheAwareOptions options, IMetricFactory factory, ILoggerFactory logging, TimeProvider time) => new(
        SettingsOf(options),
        ServiceOf(options),
        time,
        logging.CreateLogger<PrefixHitLookup>(),
        new PrefixLookupTelemetry(factory));

    /// <summary>How prompts are looked up.</summary>
    internal static PrefixLookupOptions SettingsOf(CacheAwareOptions options) => new()
    {
        MinTokens = options.MinTokens,
        ChunkKeys = new ChunkKeySettings
        {
            Algorithm = options.HashAlgorithm,
            ChunkSize = options.ChunkSize,
            IncludesUnfullChunk = options.IncludesUnfullChunk,
            Seed = options.HashSeed,
            Prefix = options.IrisMetaPrefix + options.VllmBlockPrefix,
        },
        RetryTimes = options.RetryTimes,
        RetryInterval = options.RetryInterval,
        DownDuration = options.DownDuration,
        QueryTimeout = options.QueryTimeout,
    };

    private static IKvMetadataService ServiceOf(CacheAwareOptions options) => options.Backend switch
    {
        KvStoreBackend.V6d => new V6dClient(new V6dOptions
        {
            Nodes = options.RedisClusterHosts,
            Password = options.RedisClusterPassword.Reveal(),
            UseTls = options.UseRedisClusterTls,
            CaFile = options.RedisClusterCaFile,
        }),
        _ => new MooncakeClient(new MooncakeOptions
        {
            Host = options.MetadataServiceHost,
            Port = options.MetadataServicePort,
            UseTls = options.UseMetadataServiceTls,
            CaFile = options.MetadataServiceCaFile,
        }),
    };
}
