using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class DerivedDefaultsTests
{
    private static readonly string[] AdaptivePd =
        ["--scheduling-policy=slo", "--enable-adaptive-pd", "--ttft-profiling-data-path=a", "--tpot-profiling-data-path=b"];

    [Fact]
    public void Parse_AdaptivePd_FillsItsDefaults()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(AdaptivePd);
        Assert.Empty(result.Errors);
        Assert.Equal(0.85, result.Options.Slo.TpotDispatchThreshold);
        Assert.Equal(SloOverload.Triage, result.Options.Slo.Overload);
        Assert.Equal(0.95, result.Options.Slo.TtftDispatchThreshold);
        Assert.Equal(
            ["decode_load", "prefill_failover", "decode_failover", "neutral_failover", "binpacking_mitigation", "binpacking_consolidation"],
            result.Options.Rescheduling.Planner.Policies);
        Assert.Equal("--slo-overload (derived)", result.SourceOf("slo-overload").ToString());
    }

    [Fact]
    public void Parse_AdaptivePdWithPlainRules_FillsTheirDefaults()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse([.. AdaptivePd, "--adaptive-pd-rules=plain"]);
        Assert.Equal(0.85, result.Options.Slo.TpotDispatchThreshold);
        Assert.Equal(SloOverload.Spread, result.Options.Slo.Overload);
        Assert.Equal(1.0, result.Options.Slo.TtftDispatchThreshold);
    }

    [Fact]
    public void Parse_AdaptivePdWithOwnValues_KeepsThem()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(
            [.. AdaptivePd, "--tpot-slo-dispatch-threshold=1", "--slo-overload=reject", "--reschedule-policies=binpacking_consolidation,decode_load"]);
        Assert.Equal(1.0, result.Options.Slo.TpotDispatchThreshold);
        Assert.Equal(SloOverload.Reject, result.Options.Slo.Overload);
        Assert.Equal(["binpacking_consolidation", "decode_load", "binpacking_mitigation"], result.Options.Rescheduling.Planner.Policies);
    }

    [Fact]
    public void Parse_AdaptivePdAsTheGuideHasIt_Reschedules()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(
            [
                .. AdaptivePd, "--enable-full-mode-scheduling=true", "--tpot-slo=50", "--colocated-reschedule-mode=true",
                "--reschedule-interval-ms=100", "--reschedule-policies=binpacking_mitigation,binpacking_consolidation",
            ]);
        Assert.Empty(result.Errors);
        Assert.True(result.Options.Rescheduling.IsEnabled);
        Assert.Equal(TimeSpan.FromMilliseconds(100), result.Options.Rescheduling.Interval);
        Assert.Equal(["binpacking_mitigation", "binpacking_consolidation"], result.Options.Rescheduling.Planner.Policies);
    }

    [Theory]
    [InlineData(true, "--colocated-rescheduling-mode")]
    [InlineData(true, "--standalone-rescheduling-mode")]
    [InlineData(false, "--colocated-rescheduling-mode", "--enable-rescheduling=false")]
    [InlineData(false, "--colocated-rescheduling-mode=false")]
    public void Parse_ReschedulingMode_TurnsReschedulingOnUnlessSet(bool expected, params string[] args) =>
        Assert.Equal(expected, OptionsInput.Parse(args).Options.Rescheduling.IsEnabled);

    [Fact]
    public void Parse_LiteMode_CountsTokensUnlessSet()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--enable-full-mode-scheduling=false", "--dispatch-decode-load-metric=num_requests");
        Assert.Empty(result.Errors);
        Assert.Equal(["num_tokens", "num_tokens", "num_requests"], DispatchMetrics(result.Options.Dispatch));
    }

    [Fact]
    public void Parse_V6d_HashesWithXxHash() =>
        Assert.Equal(ChunkHashAlgorithm.XxHash, OptionsInput.Parse("--kvs-backend=v6d").Options.CacheAware.Lookup.ChunkKeys.Algorithm);

    [Fact]
    public void Parse_LiteMode_SwitchesFullModeFeaturesOffWithWarnings()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(
            "--enable-full-mode-scheduling=false", "--enable-cache-aware-scheduling", "--enable-predictor-enhanced-scheduling",
            "--enable-adaptive-pd", "--enable-rescheduling", "--standalone-rescheduling-mode");
        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                "--enable-cache-aware-scheduling: cache-aware scheduling needs full mode and is switched off",
                "--enable-predictor-enhanced-scheduling: predictor-enhanced scheduling needs full mode and is switched off",
                "--enable-adaptive-pd: adaptive PD needs full mode and is switched off",
                "--enable-rescheduling: rescheduling needs full mode and is switched off",
            ],
            result.Warnings.Select(warning => warning.ToString()));
        SchedulerOptions options = result.Options;
        Assert.False(options.CacheAware.IsEnabled || options.PrefillProgress.IsEnabled || options.AdaptivePd.IsEnabled);
        Assert.False(options.Rescheduling.IsEnabled || options.Rescheduling.IsStandalone);
        Assert.Equal(1.0, options.Slo.TpotDispatchThreshold);
    }

    private static string[] DispatchMetrics(DispatchOptions dispatch) => [dispatch.Neutral.Metric, dispatch.Prefill.Metric, dispatch.Decode.Metric];
}
