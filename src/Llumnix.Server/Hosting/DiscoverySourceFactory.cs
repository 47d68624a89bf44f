using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the discovery source that validated options describe.</summary>
internal static class DiscoverySourceFactory
{
    internal static IDiscoverySource Make(
        DiscoveryOptions options, IDiscoverySink sink, TimeProvider time, ILoggerFactory logging, IDiscoveryObserver observer) => options.Kind switch
        {
            DiscoveryKind.Redis => new RedisDiscovery(options.Redis, sink, time, logging.CreateLogger<RedisDiscovery>(), observer),
            DiscoveryKind.Etcd => new EtcdDiscovery(options.Etcd, sink, time, logging.CreateLogger<EtcdDiscovery>(), observer),
            DiscoveryKind.Dns => new DnsDiscovery(options.Dns, sink, time, logging.CreateLogger<DnsDiscovery>()),
            DiscoveryKind.Kubernetes => new KubernetesDiscovery(
                options.Kubernetes, sink, time, logging.CreateLogger<KubernetesDiscovery>(), observer),
            _ => new StaticDiscovery([.. options.Endpoints.Select(static engine => engine.ToInstance(InferType.Neutral))], sink, time),
        };
}
