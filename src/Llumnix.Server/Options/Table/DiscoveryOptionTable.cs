using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Redis;
using static Llumnix.Server.Options.Table.DurationTypes;
using static Llumnix.Server.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class DiscoveryOptionTable
{
    private const string Title = "Discovery (lite mode)";

    private static readonly OptionGroup<DiscoveryOptions> Group = new(Title, o => o.Discovery, (o, g) => o with { Discovery = g });

    private static readonly OptionGroup<RedisDiscoveryOptions> InRedis =
        new(Title, o => o.Discovery.Redis, (o, g) => o with { Discovery = o.Discovery with { Redis = g } });

    private static readonly OptionGroup<RedisOptions> Redis =
        new(Title, o => InRedis.Get(o).Redis, (o, g) => InRedis.Set(o, InRedis.Get(o) with { Redis = g }));

    private static readonly OptionGroup<EtcdDiscoveryOptions> InEtcd =
        new(Title, o => o.Discovery.Etcd, (o, g) => o with { Discovery = o.Discovery with { Etcd = g } });

    private static readonly OptionGroup<EtcdOptions> Etcd =
        new(Title, o => InEtcd.Get(o).Etcd, (o, g) => InEtcd.Set(o, InEtcd.Get(o) with { Etcd = g }));

    private static readonly OptionGroup<DnsDiscoveryOptions> InDns =
        new(Title, o => o.Discovery.Dns, (o, g) => o with { Discovery = o.Discovery with { Dns = g } });

    private static readonly OptionGroup<KubernetesDiscoveryOptions> InKubernetes =
        new(Title, o => o.Discovery.Kubernetes, (o, g) => o with { Discovery = o.Discovery with { Kubernetes = g } });

    private static readonly OptionType<DiscoveryKind> Kind =
        Choice(("redis", DiscoveryKind.Redis), ("etcd", DiscoveryKind.Etcd), ("endpoints", DiscoveryKind.Endpoints), ("dns", DiscoveryKind.Dns),
            ("kubernetes", DiscoveryKind.Kubernetes));

    public static IReadOnlyList<OptionDefinition> Rows { get; } =
    [
        Group.Row("llm-backend-discovery", Kind, "Where instances are found.", g => g.Kind, (g, v) => g with { Kind = v }),
        Group.Row("llm-backend-endpoints", ListTypes.Endpoints(80),
            "The instances, with discovery by endpoints; port 80 where none is given.",
            g => g.Endpoints, (g, v) => g with { Endpoints = v }),
        Redis.Row("discovery-redis-host", Name, "Host of the discovery Redis.", g => g.Host, (g, v) => g with { Host = v }),
        Redis.Row("discovery-redis-port", Port, "Port of the discovery Redis.", g => g.Port, (g, v) => g with { Port = v }),
        Redis.Row("discovery-redis-username", Text, "User of the discovery Redis.", g => g.User, (g, v) => g with { User = v }),
        Redis.Row("discovery-redis-password", OptionTypes.Secret, "Password of the discovery Redis.",
            g => g.Password, (g, v) => g with { Password = v }),
        Redis.SecretFileRow("discovery-redis-password"),
        Redis.Row("discovery-redis-tls", OptionTypes.Boolean, "Connect to the discovery Redis with TLS.",
            g => g.UseTls, (g, v) => g with { UseTls = v }),
        Redis.Row("discovery-redis-ca-file", Text, "PEM file of the authorities that the discovery Redis is checked against.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Redis.Row("discovery-redis-socket-timeout", Seconds, "Bound on connecting and on each command, in seconds.",
            g => g.Timeout, (g, v) => g with { Timeout = v }),
        InRedis.Row("discovery-redis-retry-times", Integer(0, 1000), "Retries after a failed connection.",
            g => g.RetryTimes, (g, v) => g with { RetryTimes = v }),
        InRedis.Row("discovery-redis-status-ttl-ms", Milliseconds, "A pod is dropped whose entry has not changed for so long while others have, in milliseconds by our own clock.",
            g => g.StatusTtl, (g, v) => g with { StatusTtl = v }),
        InRedis.Row("discovery-redis-refresh-interval-ms", Milliseconds, "Time between two reads, in milliseconds.",
            g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
        Etcd.Row("discovery-etcd-endpoints", ListTypes.Names, "Members of the etcd cluster; https:// is TLS.",
            g => g.Endpoints, (g, v) => g with { Endpoints = v }),
        Etcd.Row("discovery-etcd-username", Text, "User of etcd.", g => g.User, (g, v) => g with { User = v }),
        Etcd.Row("discovery-etcd-password", OptionTypes.Secret, "Password of etcd.", g => g.Password, (g, v) => g with { Password = v }),
        Etcd.SecretFileRow("discovery-etcd-password"),
        Etcd.Row("discovery-etcd-ca-file", Text, "PEM file of the authorities that etcd is checked against.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Etcd.Row("discovery-etcd-dial-timeout", Seconds, "Bound on connecting, in seconds.",
            g => g.DialTimeout, (g, v) => g with { DialTimeout = v }),
        InEtcd.Row("discovery-etcd-lease-ttl", Seconds, "Lease of the writers, in seconds; an older entry at the first read is skipped.",
            g => g.LeaseTtl, (g, v) => g with { LeaseTtl = v }),
        InEtcd.Row("discovery-etcd-refresh-interval-sec", Seconds, "Time between two full reads beside the watch, in seconds.",
            g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
        InDns.Row("discovery-dns-names", ListTypes.Endpoints(80),
            "Names whose addresses are neutral engines, as that of a headless service, with the engines' port; port 80 where none is given.",
            g => g.Names, (g, v) => g with { Names = v }),
        InDns.Row("discovery-dns-prefill-names", ListTypes.Endpoints(80), "Names whose addresses are prefill engines.",
            g => g.PrefillNames, (g, v) => g with { PrefillNames = v }),
        InDns.Row("discovery-dns-decode-names", ListTypes.Endpoints(80), "Names whose addresses are decode engines.",
            g => g.DecodeNames, (g, v) => g with { DecodeNames = v }),
        InDns.Row("discovery-dns-refresh-interval-ms", Milliseconds, "Time between two lookups, in milliseconds.",
            g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
        InDns.Row("discovery-dns-timeout-ms", Milliseconds, "Bound on each lookup, in milliseconds.",
            g => g.Timeout, (g, v) => g with { Timeout = v }),
        InKubernetes.Row("discovery-kubernetes-selector", Text, "Label selector of the engines' pods, as app=vllm.",
            g => g.Selector, (g, v) => g with { Selector = v }),
        InKubernetes.Row("discovery-kubernetes-namespace", Text, "Namespace of the engines' pods; empty: our own.",
            g => g.Namespace, (g, v) => g with { Namespace = v }),
        InKubernetes.Row("discovery-kubernetes-port", Port, "Port of engines whose pods name none in llumnix.dev/port.",
            g => g.Port, (g, v) => g with { Port = v }),
        InKubernetes.Row("discovery-kubernetes-config-file", Text, "The kubeconfig file; empty: the service account of our pod, or the user's kubeconfig.",
            g => g.ConfigFile, (g, v) => g with { ConfigFile = v }),
        InKubernetes.Row("discovery-kubernetes-refresh-interval-sec", Seconds,
            "Time after which a watch of the pods is resumed, in seconds. A dead connection is noticed within twice this time.",
            g => g.RefreshInterval, (g, v) => g with { RefreshInterval = v }),
    ];
}
