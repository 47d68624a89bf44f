using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Options;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;
using Llumnix.Server.Options.Validation;

namespace Llumnix.Server.Tests.Options;

public sealed class ValidationTests
{
    private const string Lite = "--enable-full-mode-scheduling=false";

    [Theory]
    [InlineData("--cms-redis-ca-file: needs --cms-redis-tls", "--cms-redis-ca-file=a.pem")]
    [InlineData("--discovery-redis-ca-file: needs --discovery-redis-tls", Lite, "--discovery-redis-ca-file=a.pem")]
    [InlineData("--tpot-profiling-data-path (default): required by --scheduling-policy slo", "--scheduling-policy=slo", "--ttft-profiling-data-path=a")]
    [InlineData("--ttft-profiling-data-path (default): required by --scheduling-policy slo", "--scheduling-policy=slo", "--tpot-profiling-data-path=a")]
    [InlineData("--tpot-profiling-data-path (default): required by --scheduling-policy slo", "--dispatch-decode-load-metric=predicted_tpot")]
    [InlineData("--tls-cert-file: needs --tls-key-file", "--tls-cert-file=a.pem")]
    [InlineData("--tls-key-file: needs --tls-cert-file", "--tls-key-file=a.pem")]
    [InlineData("--admin-port: must not be --port", "--admin-port=8002")]
    [InlineData("--enable-adaptive-pd: needs --scheduling-policy slo", "--enable-adaptive-pd")]
    [InlineData("--enable-rescheduling: needs --colocated-rescheduling-mode", "--enable-rescheduling")]
    [InlineData("--enable-rescheduling (derived): needs patched engines", "--status-source=engines", "--colocated-rescheduling-mode", "--llm-backend-discovery=redis")]
    [InlineData("--enable-cache-aware-scheduling: needs engines that share", "--status-source=engines", "--enable-cache-aware-scheduling")]
    [InlineData("--enable-predictor-enhanced-scheduling: needs patched engines", "--status-source=engines", "--enable-predictor-enhanced-scheduling")]
    [InlineData("--llm-backend-endpoints (default): required by", "--status-source=engines", "--llm-backend-discovery=endpoints")]
    [InlineData("--discovery-dns-names (default): this or", "--status-source=engines", "--llm-backend-discovery=dns")]
    [InlineData("--discovery-kubernetes-selector (default): required by", "--status-source=engines", "--llm-backend-discovery=kubernetes")]
    [InlineData("--standalone-rescheduling-mode: cannot be combined", "--colocated-rescheduling-mode", "--standalone-rescheduling-mode")]
    [InlineData("--standalone-rescheduling-mode: leaves nothing to do", "--standalone-rescheduling-mode", "--enable-rescheduling=false")]
    [InlineData("--rescheduling-policies: names no policy", "--colocated-rescheduling-mode", "--rescheduling-policies=,")]
    [InlineData("--reschedule-policies: the binpacking policies need", "--colocated-rescheduling-mode", "--reschedule-policies=binpacking_mitigation")]
    [InlineData("--rescheduling-req-select-value (default): must be whole", "--rescheduling-req-select-rule=RATIO")]
    [InlineData("--rescheduling-req-select-value: must be whole", "--rescheduling-req-select-value=-1")]
    [InlineData("--rescheduling-req-select-value: must be whole", "--rescheduling-req-select-rule=NUM_REQ", "--rescheduling-req-select-value=1.5")]
    [InlineData("--kvs-metadata-service-redis-cluster-hosts (default): required", "--enable-cache-aware-scheduling", "--kvs-backend=v6d")]
    [InlineData("--kvs-metadata-service-http-server-ca-file: needs --kvs-metadata-service-http-server-tls", "--kvs-metadata-service-http-server-ca-file=a.pem")]
    [InlineData("--kvs-metadata-service-redis-cluster-ca-file: needs --kvs-metadata-service-redis-cluster-tls", "--kvs-metadata-service-redis-cluster-ca-file=a.pem")]
    [InlineData("--kvs-metadata-service-http-server-host: the value must be a host name or an IP address", "--kvs-metadata-service-http-server-host=10.0.0.7:9003")]
    [InlineData("--kvs-metadata-service-http-server-host: the value must be a host name or an IP address", "--kvs-metadata-service-http-server-host=http://master")]
    [InlineData("--kvs-metadata-service-http-server-host: the value must be a host name or an IP address", "--kvs-metadata-service-http-server-host=my host")]
    [InlineData("--llm-backend-endpoints (default): required", Lite, "--llm-backend-discovery=endpoints")]
    [InlineData("--discovery-dns-names (default): this or --discovery-dns-prefill-names", Lite, "--llm-backend-discovery=dns")]
    [InlineData("--discovery-kubernetes-selector (default): required", Lite, "--llm-backend-discovery=kubernetes")]
    [InlineData("--discovery-etcd-endpoints: required", Lite, "--llm-backend-discovery=etcd", "--discovery-etcd-endpoints=")]
    [InlineData("--discovery-etcd-endpoints: must be host:port", Lite, "--llm-backend-discovery=etcd", "--discovery-etcd-endpoints=a:2379,ftp://b")]
    [InlineData("--discovery-etcd-ca-file: needs an https:// endpoint", "--discovery-etcd-ca-file=a.pem", "--discovery-etcd-endpoints=a:2379")]
    [InlineData("--scheduling-policy: \"flood\" is no policy of lite mode; known: load-balance, round-robin", Lite, "--scheduling-policy=flood")]
    [InlineData("--scheduling-policy: \"slo\" is no policy of lite mode", Lite, "--scheduling-policy=slo")]
    [InlineData("--scheduling-policy: \"sloo\" is no policy of full mode; the nearest is slo", "--scheduling-policy=sloo")]
    [InlineData("--dispatch-prefill-load-metric: \"num_tokens\" is no metric of full mode; known: ", "--dispatch-prefill-load-metric=num_tokens")]
    [InlineData("--dispatch-neutral-load-metric: \"decode_batch_size\" is no metric of lite mode", Lite, "--dispatch-neutral-load-metric=decode_batch_size")]
    [InlineData("--rescheduling-decode-load-metric: \"x\" is no metric of full mode", "--rescheduling-decode-load-metric=x")]
    [InlineData("--rescheduling-policies: \"decode_laod\" is no rescheduling policy of full mode; the nearest is decode_load", "--rescheduling-policies=decode_laod")]
    [InlineData("--ha-mode: leader needs --ha-lease", "--ha-mode=leader")]
    [InlineData("--ha-mode: leader needs --ha-lease", "--ha-mode=leader", "--ha-port=8003", "--ha-peers=a:8003")]
    [InlineData("--ha-mode: active-active excludes --ha-lease", "--ha-mode=active-active", "--ha-lease=redis", "--ha-advertise-address=a:8002")]
    [InlineData("--ha-mode: active-active needs --ha-port and --ha-peers", "--ha-mode=active-active", "--ha-port=8003")]
    [InlineData("--ha-mode: active-active needs --ha-port and --ha-peers", "--ha-mode=active-active")]
    [InlineData("--failover-domain: \"rack\" is no failover domain of full mode; known: instance, node, instance-unit, node-unit", "--failover-domain=rack")]
    public void Parse_ImpossibleCombination_IsOneError(string expected, params string[] args) =>
        Assert.StartsWith(expected, Assert.Single(OptionsInput.Parse(args).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("--ha-mode=leader", "--ha-lease=redis", "--ha-advertise-address=a:8002")]
    [InlineData("--ha-mode=active-active", "--ha-port=8003", "--ha-peers=a:8003,b:8003")]
    public void Parse_ModeOfReplicasThatAgreesWithTheRest_IsNoError(params string[] args) => Assert.Empty(OptionsInput.Parse(args).Errors);

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("::1")]
    [InlineData("[fd00::7]")]
    [InlineData("master-0.kv_store.svc")]
    public void Parse_HostOfTheMetadataService_IsTaken(string host) =>
        Assert.Empty(OptionsInput.Parse("--enable-cache-aware-scheduling", "--kvs-metadata-service-http-server-host=" + host).Errors);

    [Theory]
    [InlineData("--cache-aware-source=history", "--status-source=engines", "--llm-backend-discovery=redis")]
    [InlineData("--cache-aware-source=history", "--kvs-backend=v6d")]
    public void Parse_PrefixHitsFromPlacements_NeedNoStore(params string[] args) =>
        Assert.Empty(OptionsInput.Parse(["--enable-cache-aware-scheduling", .. args]).Errors);

    [Fact]
    public void Parse_FloorAboveCeiling_IsAnErrorWithAdaptivePd()
    {
        string[] args =
        [
            "--scheduling-policy=slo", "--enable-adaptive-pd", "--ttft-profiling-data-path=a", "--tpot-profiling-data-path=b",
            "--tpot-migrate-out-floor-threshold=0.95",
        ];
        Assert.Equal(
            "--tpot-migrate-out-floor-threshold: must be below --tpot-migrate-out-ceil-threshold",
            Assert.Single(OptionsInput.Parse(args).Errors).ToString());
    }

    [Theory]
    [InlineData("--colocated-rescheduling-mode: has no effect with --enable-rescheduling=false", "--colocated-rescheduling-mode", "--enable-rescheduling=0")]
    [InlineData("--multi-model-support: has no effect in full mode", "--multi-model-support")]
    [InlineData("--cache-aware-source: history has no effect without --enable-cache-aware-scheduling", "--cache-aware-source=history")]
    [InlineData("--slo-overload: hold has no effect without --scheduling-policy slo", "--slo-overload=hold")]
    [InlineData(
        "--kvs-metadata-service-config-path: has no effect: the metadata service is found by the other --kvs-metadata-service-* flags",
        "--enable-cache-aware-scheduling", "--kvs-metadata-service-config-path=/etc/kvs.json")]
    public void Parse_SettingWithoutEffect_IsAWarning(string expected, params string[] args)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(args);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, Assert.Single(result.Warnings).ToString());
    }

    /// <summary>What holds only if the switch is on, or off, is not told.</summary>
    [Theory]
    [InlineData("--enable-full-mode-scheduling=maybe", "--dispatch-neutral-load-metric=num_tokens")]
    [InlineData("--cms-redis-tls=maybe", "--cms-redis-ca-file=a.pem")]
    [InlineData("--colocated-rescheduling-mode=maybe", "--enable-rescheduling")]
    [InlineData("--enable-adaptive-pd=maybe", "--colocated-rescheduling-mode", "--rescheduling-policies=binpacking_mitigation")]
    public void Parse_SwitchThatCannotBeRead_HasNoConsequences(params string[] args) =>
        Assert.StartsWith(args[0].Split('=')[0] + ": the value must be true or false", Assert.Single(OptionsInput.Parse(args).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Parse_SwitchThatCannotBeRead_HidesNothingElse() =>
        Assert.Equal(
            ["--cms-redis-tls", "--discovery-etcd-endpoints", "--tls-cert-file"],
            OptionsInput.Parse("--cms-redis-tls=maybe", Lite, "--llm-backend-discovery=etcd", "--discovery-etcd-endpoints=:99999", "--tls-cert-file=a.pem")
                .Errors.Select(static error => error.Source.Place).OrderBy(static place => place is "--tls-cert-file" ? 2 : place is "--discovery-etcd-endpoints" ? 1 : 0));

    [Fact]
    public void Parse_EverythingWrong_ReportsEverythingAtOnce()
    {
        var input = new OptionsInput(
            "--prot=1", "--seed=x", "--scheduling-policy=sloo", "--enable-adaptive-pd", "--enable-rescheduling", "--config=c.yaml")
        {
            Environment = { ["LLUMNIX_SCHEDULER_V"] = "6" },
            Files = { ["c.yaml"] = "failover-domain: rack" },
        };
        Assert.Equal(7, input.Parse().Errors.Count);
    }

    [Fact]
    public void FindOutOfRange_ValueSetInCodeOutOfRange_IsAnError()
    {
        var options = new SchedulerOptions { Cms = new CmsOptions { StatusInterval = TimeSpan.Zero } };
        var effective = new AssignedOptions<SchedulerOptions>(SchedulerOptionTable.Instance, options, new Dictionary<string, OptionSource>(), []);
        Assert.Equal(
            "--cms-pull-status-interval-ms (default): must be a number of milliseconds above 0, at most 7 days",
            Assert.Single(effective.FindOutOfRange()).ToString());
    }

    // Deleting a feature's line from the list must leave the others refused, hence no fixed count here.
}
