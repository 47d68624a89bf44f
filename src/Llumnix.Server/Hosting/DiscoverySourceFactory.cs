using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the discovery source that validated options describe.</summary>
internal static class DiscoverySourceFactory
{
    internal static IDiscoverySource Make(
        DiscoveryOptions options, IDiscoverySink sink, TimeProvider time, ILoggerFactory logging, IDiscoveryObserver observer) => options.Kind switch
        {
            DiscoveryKind.Redis => new RedisDiscovery(
                SettingsOf(options.Redis), sink, time, logging.CreateLogger<RedisDiscovery>(), observer),
            DiscoveryKind.Etcd => new EtcdDiscovery(
                SettingsOf(options.Etcd), sink, time, logging.CreateLogger<EtcdDiscovery>(), observer),
            _ => new StaticDiscovery(options.Endpoints, sink, time),
        };

    private static RedisSourceOptions SettingsOf(RedisDiscoveryOptions options) => new()
    {
        Redis = new RedisOptions
        {
            Host = options.Host,
            Port = options.Port,
            User = options.Username,
            Password = options.Password.Reveal(),
            UseTls = options.UseTls,
            CaFile = options.CaFile,
            Timeout = options.SocketTimeout,
        },
        RetryTimes = options.Retries,
        StatusTtl = options.StatusLifetime,
        RefreshInterval = options.RefreshInterval,
    };

    private static EtcdSourceOptions SettingsOf(EtcdDiscoveryOptions options) => new()
    {
        Etcd = new EtcdOptions
        {
            Endpoints = options.Endpoints,
            User = options.Username,
            Password = options.Password.Reveal(),
            CaFile = options.CaFile,
            DialTimeout = options.DialTimeout,
        },
        LeaseTtl = options.LeaseLifetime,
        RefreshInterval = options.RefreshInterval,
    };
}
