using CsCheck;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Server.Tests.Options;

/// <summary>Options that a program makes by hand take effect as flags do.</summary>
public sealed class EffectiveOptionsTests
{
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 0.95, 0.85, SloOverload.Triage)]
    [InlineData(AdaptivePdRules.Plain, 1.0, 0.85, SloOverload.Spread)]
    public void Effective_AdaptivePd_FillsWhatIsNotSet(AdaptivePdRules rules, double ttft, double tpot, SloOverload overload)
    {
        SchedulerOptions effective = AdaptivePd(rules, new SloOptions()).Effective();
        Assert.Equal(
            (ttft, tpot, overload), (effective.Slo.TtftDispatchThreshold, effective.Slo.TpotDispatchThreshold, effective.Slo.Overload));
        Assert.Equal(["binpacking_mitigation", "binpacking_consolidation"], effective.Rescheduling.Planner.Policies.TakeLast(2));
    }

    [Fact]
    public void Effective_AdaptivePdWithThePlainDefaultsSet_KeepsThem()
    {
        var set = new SloOptions { TtftDispatchThreshold = 1, TpotDispatchThreshold = 1, Overload = SloOverload.Reject };
        SloOptions slo = AdaptivePd(AdaptivePdRules.Tuned, set).Effective().Slo;
        Assert.Equal((1.0, 1.0, SloOverload.Reject), (slo.TtftDispatchThreshold, slo.TpotDispatchThreshold, slo.Overload));
    }

    [Fact]
    public void Effective_LiteMode_ReplacesOnlyMetricsThatAreNotSet()
    {
        var options = new SchedulerOptions
        {
            Mode = new ModeOptions { IsFull = false },
            Dispatch = new DispatchOptions { Prefill = new LoadCriterion("num_requests", 7) },
            Rescheduling = new ReschedulingOptions { IsStandalone = true },
        };
        SchedulerOptions effective = options.Effective();
        Assert.Equal(("num_tokens", 8192), (effective.Dispatch.Neutral.Metric, effective.Dispatch.Neutral.Threshold));
        Assert.Equal(("num_requests", 7), (effective.Dispatch.Prefill.Metric, effective.Dispatch.Prefill.Threshold));
        Assert.False(effective.Rescheduling.IsStandalone || effective.Rescheduling.IsEnabled);
    }

    [Fact]
    public void Make_ModeOfReschedulingAlone_HasAPlanner()
    {
        var colocated = new ReschedulingOptions { IsColocated = true };
        Assert.NotNull(MakeCore(colocated).Planner);
        Assert.Null(MakeCore(colocated with { IsEnabled = false }).Planner);
    }

    [Fact]
    public async Task Build_LiteModeAlone_HasMetricsOfLiteMode()
    {
        await using SchedulerHost host = SchedulerHost.Build(new SchedulerOptions { Mode = new ModeOptions { IsFull = false } });
        Assert.Empty(host.LiteModeSnapshot().Instances);
    }

    [Fact]
    public void Effective_AnyOptions_AreWhatTheirFlagsGiveAndStayAsTheyAre()
    {
        OptionDefinition<SchedulerOptions>[] rows = [.. SchedulerOptionTable.Instance.Rows.Where(row => row.Binding is not null && !row.IsSecret)];
        string[] texts = ["true", "false", "1", "slo", "plain", "v6d", "sha256_hex", "reject", "num_requests"];
        var settings = from row in Gen.OneOf(rows)
                       from text in Gen.OneOf(texts)
                       where row.Binding!.TryApply(text, new SchedulerOptions(), out _)
                       select (row, text);
        settings.Array[0, 12].Sample(given =>
        {
            SchedulerOptions byHand = given.Aggregate(new SchedulerOptions(), (options, setting) => setting.row.Binding!.TryApply(setting.text, options, out SchedulerOptions applied) ? applied : options);
            SchedulerOptions effective = byHand.Effective();
            SchedulerOptions parsed = OptionsInput.Parse([.. given.Select(setting => $"{setting.row.Flag}={setting.text}")]).Options;
            Assert.Equivalent(parsed, effective, strict: true);
            Assert.Equal(effective, effective.Effective() with { Rescheduling = effective.Rescheduling });
            Assert.Equivalent(effective.Rescheduling, effective.Effective().Rescheduling, strict: true);
        });
    }

    private static SchedulerOptions AdaptivePd(AdaptivePdRules rules, SloOptions slo) => new()
    {
        Mode = new ModeOptions { Policy = "slo" }, AdaptivePd = new AdaptivePdOptions { IsEnabled = true, Rules = rules }, Slo = slo,
    };

    private static SchedulerCore MakeCore(ReschedulingOptions rescheduling) =>
        SchedulerCore.Make(new SchedulerOptions { Rescheduling = rescheduling }, TimeProvider.System, NullLogger.Instance);
}
