using Llumnix.Adapters.Etcd;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Server.Options.Validation;

/// <summary>The forbidden combinations of options, and the ineffective ones.</summary>
internal static class CombinationRules
{
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<CombinationRule> Errors { get; } =
    [
        new("cms-redis-ca-file", o => o.Cms.Redis is { CaFile.Length: > 0, UseTls: false }, "needs --cms-redis-tls"),
        new("discovery-redis-ca-file", o => o.Discovery.Redis.Redis is { CaFile.Length: > 0, UseTls: false }, "needs --discovery-redis-tls"),
        new("llumlet-grpc-ca-file", o => o.Llumlets is { CaFile.Length: > 0, UseTls: false }, "needs --llumlet-grpc-tls"),
        new("kvs-metadata-service-http-server-ca-file",
            o => o.KvStore.Mooncake is { CaFile.Length: > 0, UseTls: false },
            "needs --kvs-metadata-service-http-server-tls"),
        new("kvs-metadata-service-redis-cluster-ca-file",
            o => o.KvStore.V6d is { CaFile.Length: > 0, UseTls: false },
            "needs --kvs-metadata-service-redis-cluster-tls"),
        new("tls-cert-file", o => o.Service is { TlsCertificateFile.Length: > 0, TlsKeyFile.Length: 0 }, "needs --tls-key-file"),
        new("tls-key-file", o => o.Service is { TlsKeyFile.Length: > 0, TlsCertificateFile.Length: 0 }, "needs --tls-cert-file"),
        new("admin-port", o => o.Service is { AdminPort: > 0 } service && service.AdminPort == service.Port, "must not be --port"),
        new("ha-peers", o => o.Peers is { Peers.Count: > 0, Port: 0 }, "needs --ha-port"),
        new("ha-port", o => o.Peers.Port != 0 && (o.Peers.Port == o.Service.Port || o.Peers.Port == o.Service.AdminPort), "must be neither --port nor --admin-port"),
        new("ha-mode", o => o.HighAvailability is { Mode: ReplicaMode.Leader, IsEnabled: false }, "leader needs --ha-lease"),
        new("ha-mode", o => o.HighAvailability is { Mode: ReplicaMode.ActiveActive, IsEnabled: true },
            "active-active excludes --ha-lease, with which one scheduler decides for all"),
        new("ha-mode", o => o is { HighAvailability: { Mode: ReplicaMode.ActiveActive, IsEnabled: false }, Peers: { Port: 0 } or { Peers.Count: 0 } },
            "active-active needs --ha-port and --ha-peers, without which no scheduler knows of the others' placements"),
        new("ha-ca-file", o => o is { Peers.CaFile.Length: > 0, Service.TlsCertificateFile.Length: 0 }, "needs --tls-cert-file"),
        new("console-port", o => o.Console is { IsEnabled: true, Port: > 0 } && (o.Console.Port == o.Service.Port || o.Console.Port == o.Service.AdminPort || o.Console.Port == o.Peers.Port),
            "must be none of --port, --admin-port and --ha-port"),
        new("console-host", o => o.Console is { IsEnabled: true, IsLoopback: false, Token.IsEmpty: true } && o.Service.Token.IsEmpty,
            "is reached by other machines, which needs --console-token or --service-token"),
        new("ttft-profiling-data-path", o => o.Profiles is { TtftPath.Length: 0, ClassesPath.Length: 0 } && (IsSlo(o) || Uses(o, "predicted_ttft")),
            "required by --scheduling-policy slo and by the metric predicted_ttft, unless there are --latency-profiles"),
        // The prediction of a prefill includes the decode steps in between.
        new("tpot-profiling-data-path",
            o => o.Profiles is { TpotPath.Length: 0, ClassesPath.Length: 0 } && (IsSlo(o) || Uses(o, "predicted_ttft") || Uses(o, "predicted_tpot")),
            "required by --scheduling-policy slo and by the metrics predicted_ttft and predicted_tpot, unless there are --latency-profiles"),
        new("latency-profiles", o => o.Profiles is { ClassesPath.Length: > 0, HasDefault: false } profiles && profiles.TtftPath.Length + profiles.TpotPath.Length > 0,
            "needs both of --ttft-profiling-data-path and --tpot-profiling-data-path, or neither: they are the tables of instances that no class names"),
        new("slo-confidence", o => o.Slo.Confidence is not null && o.Profiles.Correction == LatencyCorrectionMode.Off,
            "needs the errors of predictions: not with --latency-correction off"),
        new("enable-adaptive-pd", o => o.AdaptivePd.IsEnabled && o.Mode.Policy != "slo", "needs --scheduling-policy slo"),
        new("tpot-migrate-out-floor-threshold",
            o => o.AdaptivePd.IsEnabled && o.AdaptivePd.MigrateOutFloorThreshold >= o.AdaptivePd.MigrateOutCeilThreshold,
            "must be below --tpot-migrate-out-ceil-threshold"),
        new("enable-rescheduling", o => o.Rescheduling is { IsEnabled: true, IsColocated: false, IsStandalone: false },
            "needs --colocated-rescheduling-mode or --standalone-rescheduling-mode"),
        new("standalone-rescheduling-mode", o => o.Rescheduling is { IsColocated: true, IsStandalone: true },
            "cannot be combined with --colocated-rescheduling-mode"),
        new("standalone-rescheduling-mode", o => o.Rescheduling is { IsStandalone: true, IsEnabled: false },
            "leaves nothing to do with --enable-rescheduling=false"),
        new("rescheduling-policies", o => o.Rescheduling is { IsEnabled: true, Planner.Policies.Count: 0 }, "names no policy"),
        new("rescheduling-policies",
            o => o.Rescheduling.IsEnabled && !o.AdaptivePd.IsEnabled && o.Rescheduling.Planner.Policies.Any(IsBinPacking),
            "the binpacking policies need --enable-adaptive-pd"),
        new("rescheduling-req-select-value", o => !IsAmount(o.Rescheduling.Planner.LoadBalance.Selection),
            "must be whole and 1 or above with TOKEN, the same or -1 with NUM_REQ, above 0 and at most 1 with RATIO"),
        new("kvs-metadata-service-redis-cluster-hosts",
            o => AsksV6d(o) && o.KvStore.V6d.Nodes.Count == 0,
            "required by --kvs-backend v6d"),
        new("kvs-hash-algo",
            o => AsksV6d(o) && o.CacheAware.Lookup.ChunkKeys.Algorithm != ChunkHashAlgorithm.XxHash,
            "must be xxhash with --kvs-backend v6d"),
        new("enable-rescheduling", o => o is { Mode.IsOverEngineMetrics: true, Rescheduling: { IsEnabled: true } or { IsColocated: true } or { IsStandalone: true } },
            "needs patched engines, which migrate requests: not with --status-source engines"),
        new("enable-predictor-enhanced-scheduling", o => o.Mode.IsOverEngineMetrics && o.PrefillProgress.IsEnabled,
            "needs patched engines, whose statuses have samples of step times: not with --status-source engines"),
        new("enable-cache-aware-scheduling", o => o.Mode.IsOverEngineMetrics && o.CacheAware.AsksStore,
            "needs engines that share a KV store through Llumnix; with --status-source engines it needs --cache-aware-source history"),
        new("llm-backend-endpoints",
            o => o.Mode.IsOverDiscovery && o.Discovery is { Kind: DiscoveryKind.Endpoints, Endpoints.Count: 0 },
            "required by --llm-backend-discovery endpoints"),
        new("discovery-etcd-endpoints",
            o => o.Mode.IsOverDiscovery && o.Discovery is { Kind: DiscoveryKind.Etcd, Etcd.Etcd.Endpoints.Count: 0 },
            "required by --llm-backend-discovery etcd"),
        new("discovery-etcd-endpoints",
            o => o.Mode.IsOverDiscovery && o.Discovery.Kind == DiscoveryKind.Etcd && !o.Discovery.Etcd.Etcd.Endpoints.All(EtcdEndpoint.IsEndpoint),
            "must be host:port, http://host:port or https://host:port each"),
        new("discovery-dns-names",
            o => o.Mode.IsOverDiscovery
                && o.Discovery is { Kind: DiscoveryKind.Dns, Dns: { Names.Count: 0, PrefillNames.Count: 0, DecodeNames.Count: 0 } },
            "this or --discovery-dns-prefill-names and --discovery-dns-decode-names are required by --llm-backend-discovery dns"),
        new("discovery-kubernetes-selector",
            o => o.Mode.IsOverDiscovery && o.Discovery.Kind == DiscoveryKind.Kubernetes && string.IsNullOrWhiteSpace(o.Discovery.Kubernetes.Selector),
            "required by --llm-backend-discovery kubernetes"),
        new("discovery-etcd-ca-file",
            o => o.Discovery.Etcd.Etcd is { CaFile.Length: > 0 } etcd
                && !etcd.Endpoints.Any(static e => e.StartsWith("https://", StringComparison.OrdinalIgnoreCase)),
            "needs an https:// endpoint"),
        new("ha-lease-name", o => o.HighAvailability.IsEnabled && !IsLeaseName(o.HighAvailability.LeaseName),
            "must be 1 to 200 lower-case letters, digits and hyphens, with a letter or digit at both ends"),
        new("ha-lease-ttl-ms", o => o.HighAvailability is { IsEnabled: true, LeaseTtl: var ttl } && (ttl < ShortestLease || ttl > LongestLease),
            "must be from 2000 to 60000"),
        new("ha-advertise-address",
            o => o.HighAvailability is { IsEnabled: true, AdvertiseAddress.Length: 0 } && !o.Rescheduling.IsStandalone,
            "required by --ha-lease: the other replicas forward requests there"),
        new("ha-advertise-address", o => o.HighAvailability.AdvertiseAddress.Length > 0 && !IsAddress(o.HighAvailability.AdvertiseAddress),
            "must be host:port"),
        new("discovery-etcd-endpoints",
            o => o.HighAvailability.Lease == LeaseStoreKind.Etcd && !o.Mode.IsOverDiscovery
                && (o.Discovery.Etcd.Etcd.Endpoints.Count == 0 || !o.Discovery.Etcd.Etcd.Endpoints.All(EtcdEndpoint.IsEndpoint)),
            "must be host:port, http://host:port or https://host:port each, at least one: --ha-lease etcd uses them"),
    ];

    public static IReadOnlyList<CombinationRule> Warnings { get; } =
    [
        new("colocated-rescheduling-mode", o => o.Rescheduling is { IsColocated: true, IsStandalone: false, IsEnabled: false },
            "has no effect with --enable-rescheduling=false"),
        new("kvs-metadata-service-config-path", o => o.CacheAware.AsksStore && o.KvStore.ConfigPath.Length > 0,
            "has no effect: the metadata service is found by the other --kvs-metadata-service-* flags"),
        new("slo-overload", o => o.Slo.Overload == SloOverload.Hold && !IsSlo(o), "hold has no effect without --scheduling-policy slo"),
        new("slo-confidence", o => o.Slo.Confidence is not null && !IsSlo(o), "has no effect without --scheduling-policy slo"),
        new("latency-correction", o => o.Profiles is { Correction: LatencyCorrectionMode.On, HasTables: false }, "on has no effect without profiling tables"),
        new("cache-aware-source", o => o.CacheAware is { IsEnabled: false, Source: CacheAwareSource.History },
            "history has no effect without --enable-cache-aware-scheduling"),
        new("ha-port", o => o is { Peers: { Port: > 0, Peers.Count: 0 }, HighAvailability.IsEnabled: false },
            "tells nobody of placements without --ha-peers, or --ha-lease by whose reports replicas find each other"),
        new("status-source", o => o.Mode is { IsFull: false, StatusSource: StatusSourceKind.Engines }, "engines has no effect in lite mode"),
        new("multi-model-support", o => o.LiteMode.IsMultiModelSupported && o.Mode.IsFull, "has no effect in full mode"),
    ];

    private static bool AsksV6d(SchedulerOptions options) => options.CacheAware.AsksStore && options.KvStore.Backend == KvStoreBackend.V6d;

    private static bool IsSlo(SchedulerOptions options) => options.Mode is { IsFull: true, Policy: "slo" };

    private static bool Uses(SchedulerOptions options, string metric) =>
        options.Dispatch.Neutral.Metric == metric
        || options.Dispatch.Prefill.Metric == metric
        || options.Dispatch.Decode.Metric == metric
        || (options.Rescheduling.IsEnabled
            && (options.Rescheduling.Planner.Decode.Metric == metric || options.Rescheduling.Planner.Neutral.Metric == metric));

    private static bool IsBinPacking(string policy) => policy.StartsWith("binpacking_", StringComparison.Ordinal);

    private static bool IsLeaseName(string name) =>
        name.Length is > 0 and <= 200
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-';

    private static bool IsAddress(string address) =>
        Uri.TryCreate($"http://{address}", UriKind.Absolute, out Uri? uri)
        && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && address.EndsWith($":{uri.Port}", StringComparison.Ordinal);

    private static bool IsAmount(RequestSelection migration)
    {
        bool isCount = double.IsInteger(migration.Value) && migration.Value >= 1;
        return migration.Rule switch
        {
            RequestSelectRule.Requests => isCount || migration.Value == -1,
            RequestSelectRule.Tokens => isCount,
            _ => migration.Value is > 0 and <= 1,
        };
    }
}
