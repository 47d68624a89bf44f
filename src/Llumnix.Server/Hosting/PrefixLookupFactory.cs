using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the lookup of prompts in the KV store that validated options describe.</summary>
internal static class PrefixLookupFactory
{
    internal static PrefixHitLookup Make(SchedulerOptions options, IMetricFactory factory, ILoggerFactory logging, TimeProvider time) => new(
        options.CacheAware.Lookup,
        ServiceOf(options.KvStore),
        time,
        logging.CreateLogger<PrefixHitLookup>(),
        new PrefixLookupTelemetry(factory));

    private static IKvMetadataService ServiceOf(KvStoreOptions options) => options.Backend switch
    {
        KvStoreBackend.V6d => new V6dClient(options.V6d),
        _ => new MooncakeClient(options.Mooncake),
    };
}
