using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Tests.Options;

public sealed class OptionTableTests
{
    // Flag, default. Everything that the user's guide and the flag list of the specification name.
    public static TheoryData<string, string> Documented { get; } = new()
    {
        { "cms-redis-host", "redis" },
        { "cms-redis-port", "6379" },
        { "cms-redis-username", "" },
        { "cms-redis-password", "" },
        { "cms-redis-timeout", "1" },
        { "cms-redis-retry-times", "1" },
        { "cms-pull-status-interval-ms", "500" },
        { "cms-pull-metadata-interval-ms", "10000" },
        { "enable-full-mode-scheduling", "true" },
        { "enable-cache-aware-scheduling", "false" },
        { "cache-aware-scheduling-min-tokens", "1024" },
        { "kvs-backend", "mooncake" },
        { "kvs-hash-algo", "sha256_cbor" },
        { "kvs-chunk-size", "256" },
        { "kvs-enable-save-unfull-chunk", "false" },
        { "kvs-retry-times", "5" },
        { "kvs-retry-interval-ms", "100" },
        { "kvs-metadata-service-down-duration-s", "30" },
        { "kvs-hash-seed", "0" },
        { "enable-predictor-enhanced-scheduling", "false" },
        { "max-num-batched-tokens", "65536" },
        { "num-predictor-warmup-samples", "20" },
        { "scheduling-policy", "load-balance" },
        { "ttft-profiling-data-path", "" },
        { "tpot-profiling-data-path", "" },
        { "ttft-slo", "6000" },
        { "tpot-slo", "50" },
        { "ttft-slo-dispatch-threshold", "1.0" },
        { "tpot-slo-dispatch-threshold", "1.0" },
        { "enable-adaptive-pd", "false" },
        { "tpot-migrate-out-ceil-threshold", "0.95" },
        { "tpot-migrate-out-floor-threshold", "0.6" },
        { "enable-rescheduling", "false" },
        { "rescheduling-policies", "decode_load,prefill_failover,decode_failover,neutral_failover" },
        { "rescheduling-interval-ms", "500" },
        { "colocated-rescheduling-mode", "false" },
        { "standalone-rescheduling-mode", "false" },
        { "rescheduling-decode-load-metric", "kv_cache_usage_ratio_projected" },
        { "rescheduling-decode-load-threshold", "1.0" },
        { "rescheduling-neutral-load-metric", "kv_cache_usage_ratio_projected" },
        { "rescheduling-neutral-load-threshold", "1.0" },
        { "rescheduling-load-balance-threshold", "0.0" },
        { "rescheduling-load-balance-scope", "cluster" },
        { "failover-domain", "instance" },
        { "instance-staleness-seconds", "60" },
        { "instance-probe-after-ms", "1200" },
        { "max-unreachable-percent", "30" },
        { "rescheduling-req-select-rule", "TOKEN" },
        { "rescheduling-req-select-order", "SR" },
        { "rescheduling-req-select-value", "1024.0" },
        { "llumlet-grpc-connection-pool-size", "10" },
        { "llumlet-grpc-timeout-seconds", "5" },
        { "llumlet-grpc-tls", "false" },
        { "llumlet-grpc-ca-file", "" },
        { "enable-instance-status-local-account", "true" },
        { "host", "0.0.0.0" },
        { "port", "8002" },
        { "dispatch-top-k", "1" },
        { "dispatch-neutral-load-metric", "all_prefills_tokens_num" },
        { "dispatch-neutral-load-threshold", "8192.0" },
        { "dispatch-prefill-load-metric", "all_prefills_tokens_num" },
        { "dispatch-prefill-load-threshold", "2048.0" },
        { "dispatch-decode-load-metric", "kv_cache_usage_ratio_projected" },
        { "dispatch-decode-load-threshold", "1.0" },
        { "dispatch-prefill-cache-locality-metric", "cache_aware_all_prefills_tokens_num" },
        { "dispatch-cache-locality-tolerance", "0.0" },
        { "request-local-account-staleness-seconds", "10" },
        { "rescheduling-prefill-load-metric", "kv_cache_usage_ratio_projected" },
        { "kvs-metadata-service-http-server-host", "0.0.0.0" },
        { "kvs-metadata-service-http-server-port", "9003" },
        { "kvs-metadata-service-http-server-tls", "false" },
        { "kvs-metadata-service-http-server-ca-file", "" },
        { "kvs-iris-meta-prefix", "iris." },
        { "kvs-vllm-block-prefix", "block.hash.key." },
        { "kvs-metadata-service-redis-cluster-hosts", "" },
        { "kvs-metadata-service-redis-cluster-password", "" },
        { "kvs-metadata-service-redis-cluster-tls", "false" },
        { "kvs-metadata-service-redis-cluster-ca-file", "" },
        { "kvs-metadata-service-config-path", "" },
        { "latency-profiles", "" },
        { "llm-backend-discovery", "redis" },
        { "discovery-redis-host", "redis" },
        { "discovery-redis-port", "6379" },
        { "discovery-redis-username", "" },
        { "discovery-redis-password", "" },
        { "discovery-redis-tls", "false" },
        { "discovery-redis-ca-file", "" },
        { "discovery-redis-socket-timeout", "1" },
        { "discovery-redis-retry-times", "1" },
        { "discovery-redis-status-ttl-ms", "60000" },
        { "discovery-redis-refresh-interval-ms", "1000" },
        { "discovery-etcd-endpoints", "etcd:2379" },
        { "discovery-etcd-username", "" },
        { "discovery-etcd-password", "" },
        { "discovery-etcd-ca-file", "" },
        { "ha-port", "0" },
        { "ha-peers", "" },
        { "ha-ca-file", "" },
        { "ha-batch-interval-ms", "0" },
        { "discovery-etcd-dial-timeout", "5" },
        { "discovery-etcd-lease-ttl", "60" },
        { "discovery-etcd-refresh-interval-sec", "3600" },
        { "discovery-dns-names", "" },
        { "discovery-dns-prefill-names", "" },
        { "discovery-dns-decode-names", "" },
        { "discovery-dns-refresh-interval-ms", "2000" },
        { "discovery-dns-timeout-ms", "2000" },
        { "discovery-kubernetes-selector", "" },
        { "discovery-kubernetes-namespace", "" },
        { "discovery-kubernetes-port", "8000" },
        { "discovery-kubernetes-config-file", "" },
        { "discovery-kubernetes-refresh-interval-sec", "1" },
        { "llm-backend-endpoints", "" },
        { "multi-model-support", "false" },
        { "service-token", "" },
        { "metrics-token", "" },
        { "admin-port", "0" },
        { "tls-cert-file", "" },
        { "tls-key-file", "" },
        { "max-connections", "4096" },
        { "max-connections-per-address", "2048" },
        { "max-body-memory-mib", "0" },
        { "shutdown-grace-seconds", "3" },
        { "enable-log-input", "false" },
        { "v", "0" },
        { "kvs-query-timeout-ms", "200" },
        { "cms-redis-tls", "false" },
        { "cms-redis-ca-file", "" },
        { "seed", "0" },
        { "slo-overload", "reject" },
        { "slo-hold-ms", "8000" },
        { "slo-confidence", "0.0" },
        { "latency-correction", "observe" },
        { "adaptive-pd-rules", "tuned" },
        { "slo-expected-output-tokens", "256" },
        { "status-source", "cms" },
        { "engine-api-key-file", "" },
        { "engine-metrics-interval-ms", "200" },
        { "engine-metrics-stale-ms", "2000" },
        { "engine-metrics-lag-ms", "50" },
        { "cache-aware-source", "store" },
        { "cache-aware-history-chunk-tokens", "256" },
        { "cache-aware-history-max-chunks", "1048576" },
        { "enable-console", "false" },
        { "console-host", "127.0.0.1" },
        { "console-port", "8004" },
        { "console-token", "" },
        { "console-operator-token", "" },
        { "decision-history", "10000" },
        { "ha-lease", "none" },
        { "ha-lease-name", "llumnix-scheduler" },
        { "ha-mode", "auto" },
        { "ha-lease-ttl-ms", "3000" },
        { "ha-advertise-address", "" },
        { "extension-assemblies", "" },
    };

    [Theory]
    [MemberData(nameof(Documented))]
    public void Default_DocumentedFlag_IsAsDocumented(string name, string expected) =>
        Assert.Equal(expected, SchedulerOptionTable.Instance.DefaultOf(SchedulerOptionTable.Instance.Get(name)));

    [Fact]
    public void All_OptionsWithValues_AreTheDocumentedOnes()
    {
        IEnumerable<string> expected = Documented.Select(row => row.Data.Item1).Order(StringComparer.Ordinal);
        Assert.Equal(expected, SchedulerOptionTable.Instance.Rows.Where(row => row.Binding is not null).Select(row => row.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_OptionsWithoutValues_AreControlsSecretFilesAndIgnoredFlags() => Assert.Equal(
        [
            "allow-concurrent-scheduling", "cms-redis-password-file", "config", "console-operator-token-file", "console-token-file",
            "discovery-etcd-password-file", "discovery-redis-password-file",
            "enable-pprof", "extra-args", "help", "kvs-metadata-service-redis-cluster-password-file", "logtostderr", "metrics-token-file",
            "pd-disagg-protocol", "requests-report-duration", "separate-pd-scheduling", "service-token-file", "version",
        ],
        SchedulerOptionTable.Instance.Rows.Where(row => row.Binding is null).Select(row => row.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("colocated-reschedule-mode", "colocated-rescheduling-mode")]
    [InlineData("reschedule-interval-ms", "rescheduling-interval-ms")]
    [InlineData("reschedule-policies", "rescheduling-policies")]
    [InlineData("cms_redis_host", "cms-redis-host")]
    public void Find_AliasOrUnderscores_IsTheSameOption(string alias, string name) =>
        Assert.Same(SchedulerOptionTable.Instance.Get(name), SchedulerOptionTable.Instance.Find(alias));

    [Fact]
    public void Find_SecretAndPasswords_AreMarkedSecret() => Assert.Equal(
        [
            "service-token", "metrics-token", "cms-redis-password", "kvs-metadata-service-redis-cluster-password", "discovery-redis-password",
            "discovery-etcd-password", "console-token", "console-operator-token",
        ],
        SchedulerOptionTable.Instance.Rows.Where(row => row.IsSecret).Select(row => row.Name));

    [Fact]
    public void Defaults_Durations_HaveTheirUnits()
    {
        var options = new SchedulerOptions();
        Assert.Equal(TimeSpan.FromSeconds(1), options.Cms.Redis.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Cms.StatusInterval);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CacheAware.Lookup.DownDuration);
        Assert.Equal(TimeSpan.FromSeconds(6), options.Slo.Ttft);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Failover.InstanceStaleness);
        Assert.Equal(TimeSpan.FromHours(1), options.Discovery.Etcd.RefreshInterval);
    }
}
