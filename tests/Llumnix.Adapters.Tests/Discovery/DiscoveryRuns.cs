using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Redis;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Runs of the sources that follow a store.</summary>
internal static class DiscoveryRuns
{
    /// <summary>Follows an etcd cluster as a scheduler does.</summary>
    public static DiscoveryRun<EtcdDiscovery> Of(EtcdDiscoveryOptions options) =>
        new((sink, clock, logger, observer) => new EtcdDiscovery(options, sink, clock, logger, observer));

    /// <summary>Polls a Redis server.</summary>
    public static DiscoveryRun<RedisDiscovery> Of(RedisDiscoveryOptions options) =>
        new((sink, clock, logger, observer) => new RedisDiscovery(options, sink, clock, logger, observer));

    /// <summary>The options that a scheduler has by default, with these endpoints.</summary>
    public static EtcdDiscoveryOptions OptionsFor(params IReadOnlyList<string> endpoints) =>
        new() { Etcd = new EtcdOptions { Endpoints = endpoints } };

    /// <summary>Options for tests: polls often.</summary>
    public static RedisDiscoveryOptions OptionsFor(RedisServer server) => new()
    {
        Redis = new RedisOptions { Host = server.Host, Port = server.Port, Timeout = TimeSpan.FromSeconds(10) },
        RefreshInterval = TimeSpan.FromMilliseconds(5),
    };
}
