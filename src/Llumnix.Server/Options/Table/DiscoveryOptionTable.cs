using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Redis;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

/// <summary>The rows of the flags that say where engines are found.</summary>
internal static class DiscoveryOptionTable
{
    private const int DefaultPort = 80;

    private static readonly OptionType<DiscoveryKind> Kind =
        Choice(("redis", DiscoveryKind.Redis), ("etcd", DiscoveryKind.Etcd), ("endpoints", DiscoveryKind.Endpoints), ("dns", DiscoveryKind.Dns),
            ("kubernetes", DiscoveryKind.Kubernetes));

    private static readonly OptionType<IReadOnlyList<ListedEngine>> Engines = new(
        "list of host:port",
        "a comma-separated list of host:port, IPv6 hosts in brackets",
        static (string text, out IReadOnlyList<ListedEngine> engines) => Explain(text, out engines) is null,
        static engines => EngineList.Write(engines, ListTypes.WriteEndpoint)) { Explain = static text => Explain(text, out _) };

    /// <summary>The rows of the scheduler.</summary>
    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
        Make<SchedulerOptions>("Discovery (lite mode, plain engines)", o => o.Discovery, (o, g) => o with { Discovery = g });

    /// <summary>The rows of a program whose options hold those of discovery.</summary>
    /// <param name="title">Heading in help texts.</param>
    /// <param name="get">Gets the options of discovery.</param>
    /// <param name="set">Returns the program's options with those replaced.</param>
    public static IReadOnlyList<OptionDefinition<TOptions>> Make<TOptions>(
        string title, Func<TOptions, DiscoveryOptions> get, Func<TOptions, DiscoveryOptions, TOptions> set)
    {
        var group = new OptionGroup<TOptions, DiscoveryOptions>(title, get, set);
        var inRedis = new OptionGroup<TOptions, RedisDiscoveryOptions>(title, o => get(o).Redis, (o, g) => set(o, get(o) with { Redis = g }));
        var redis = new OptionGroup<TOptions, RedisOptions>(title, o => inRedis.Get(o).Redis, (o, g) => inRedis.Set(o, inRedis.Get(o) with { Redis = g }));
        var inEtcd = new OptionGroup<TOptions, EtcdDiscoveryOptions>(title, o => get(o).Etcd, (o, g) => set(o, get(o) with { Etcd = g }));
        var etcd = new OptionGroup<TOptions, EtcdOptions>(title, o => inEtcd.Get(o).Etcd, (o, g) => inEtcd.Set(o, inEtcd.Get(o) with { Etcd = g }));
        var inKubernetes = new OptionGroup<TOptions, KubernetesDiscoveryOptions>(title, o => get(o).Kubernetes, (o, g) => set(o, get(o) with { Kubernetes = g }));
        var inDns = new OptionGroup<TOptions, DnsDiscoveryOptions>(title, o => get(o).Dns, (o, g) => set(o, get(o) with { Dns = g }));
        return
        [
            group.Row("llm-backend-discovery", Kind, "Where instances are found.", g => g.Kind, (g, v) => g with { Kind = v }),
            group.Row("llm-backend-endpoints", Engines,
                "The instances, with discovery by endpoints; port 80 where none is given; name=a,role=prefill,model=m@ before an address says more.",
                g => g.Endpoints, (g, v) => g with { Endpoints = v }),
            redis.Row("discovery-redis-host", OptionTypes.Host, "Host of the discovery Redis.", g => g.Host, (g, v) => g with { Host = v }),
            redis.Row("discovery-redis-port", Port, "Port of the discovery Redis.", g => g.Port, (g, v) => g with { Port = v }),
            redis.Row("discovery-redis-username", Text, "User of the discovery Redis.", g => g.User, (g, v) => g with { User = v }),
            redis.Row("discovery-redis-password", OptionTypes.Secret, "Password of the discovery Redis.",
                g => g.Password, (g, v) => g with { Password = v }),
            redis.SecretFileRow("discovery-redis-password"),
            redis.Row("discovery-redis-tls", OptionTypes.Boolean, "Connect to the discovery Redis with TLS.",
                g => g.UseTls, (g, v) => g with { UseTls = v }),
            redis.Row("discovery-redis-ca-file", FilePath, "PEM file of the authorities that the discovery Redis is checked against.",
                g => g.CaFile, (g, v) => g with { CaFile = v }),
            redis.Row("discovery-redis-socket-timeout", Seconds, "Bound on connecting to the discovery Redis and on each command, in seconds.",
                g => g.Timeout, (g, v) => g with { Timeout = v }),
            inRedis.Row("discovery-redis-retry-times", Integer(0, 1000), "Retries after a failed connection to the discovery Redis.",
                g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
            inRedis.Row("discovery-redis-status-ttl-ms", Milliseconds,
                "A pod is dropped whose entry has not changed for so long while others have, in milliseconds by our own clock.",
                g => g.StatusTtl, (g, v) => g with { StatusTtl = v }),
            inRedis.Row("discovery-redis-refresh-interval-ms", Milliseconds, "Time between two reads of the discovery Redis, in milliseconds.",
                g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
            etcd.Row("discovery-etcd-endpoints", ListTypes.Names, "Members of the etcd cluster; https:// is TLS.",
                g => g.Endpoints, (g, v) => g with { Endpoints = v }),
            etcd.Row("discovery-etcd-username", Text, "User of etcd.", g => g.User, (g, v) => g with { User = v }),
            etcd.Row("discovery-etcd-password", OptionTypes.Secret, "Password of etcd.", g => g.Password, (g, v) => g with { Password = v }),
            etcd.SecretFileRow("discovery-etcd-password"),
            etcd.Row("discovery-etcd-ca-file", FilePath, "PEM file of the authorities that etcd is checked against.",
                g => g.CaFile, (g, v) => g with { CaFile = v }),
            etcd.Row("discovery-etcd-dial-timeout", Seconds, "Bound on connecting to etcd, in seconds.",
                g => g.DialTimeout, (g, v) => g with { DialTimeout = v }),
            inEtcd.Row("discovery-etcd-lease-ttl", Seconds,
                "Lease of the entries that sidecars write into etcd, in seconds; an older entry at the first read is skipped.",
                g => g.LeaseTtl, (g, v) => g with { LeaseTtl = v }),
            inEtcd.Row("discovery-etcd-refresh-interval-sec", Seconds, "Time between two full reads of etcd beside the watch, in seconds.",
                g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
            inDns.Row("discovery-dns-names", ListTypes.Endpoints(80),
                "Names whose addresses are neutral engines, as that of a headless service, with the engines' port; port 80 where none is given.",
                g => g.Names, (g, v) => g with { Names = v }),
            inDns.Row("discovery-dns-prefill-names", ListTypes.Endpoints(80), "Names whose addresses are prefill engines.",
                g => g.PrefillNames, (g, v) => g with { PrefillNames = v }),
            inDns.Row("discovery-dns-decode-names", ListTypes.Endpoints(80), "Names whose addresses are decode engines.",
                g => g.DecodeNames, (g, v) => g with { DecodeNames = v }),
            inDns.Row("discovery-dns-refresh-interval-ms", Milliseconds, "Time between two lookups of the DNS names, in milliseconds.",
                g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
            inDns.Row("discovery-dns-timeout-ms", Milliseconds, "Bound on each lookup of a DNS name, in milliseconds.",
                g => g.Timeout, (g, v) => g with { Timeout = v }),
            inKubernetes.Row("discovery-kubernetes-selector", Text, "Label selector of the engines' pods, as app=vllm.",
                g => g.Selector, (g, v) => g with { Selector = v }),
            inKubernetes.Row("discovery-kubernetes-namespace", Text, "Namespace of the engines' pods; empty: our own.",
                g => g.Namespace, (g, v) => g with { Namespace = v }),
            inKubernetes.Row("discovery-kubernetes-port", Port, "Port of engines whose pods name none in llumnix.dev/port.",
                g => g.Port, (g, v) => g with { Port = v }),
            inKubernetes.Row("discovery-kubernetes-config-file", FilePath, "The kubeconfig file; empty: the service account of our pod, or the user's kubeconfig.",
                g => g.ConfigFile, (g, v) => g with { ConfigFile = v }),
            inKubernetes.Row("discovery-kubernetes-refresh-interval-sec", Seconds,
                "Time after which a watch of the pods is resumed, in seconds. A dead connection is noticed within twice this time.",
                g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
        ];
    }

    /// <summary>Reads the list. Existing deployments may name an instance twice.</summary>
    private static string? Explain(string text, out IReadOnlyList<ListedEngine> engines) =>
        EngineList.Read(text, static (string item, out DnsEndPoint? address) => ListTypes.ReadEndpoint(item, DefaultPort, out address), out engines, areRepeatsDropped: true);
}
