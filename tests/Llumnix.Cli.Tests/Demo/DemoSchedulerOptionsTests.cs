using Llumnix.Adapters.Options;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;
using Llumnix.Cli.Profiling;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Tests.Demo;

/// <summary>A demo's scheduler runs with the options that the scheduler's own flags give.</summary>
public sealed class DemoSchedulerOptionsTests : IDisposable
{
    private readonly LatencyTables _tables = new(PolynomialLatencyModel.H200Llama8B);

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void Of_AdaptivePd_IsWhatTheFlagsGive() => AssertSame(
        Flags("--scheduling-policy=slo", "--enable-adaptive-pd"), Demo("slo", isAdaptivePd: true));

    [Fact]
    public void Of_AdaptivePdWithRescheduling_IsWhatTheFlagsGive() => AssertSame(
        Flags(
            "--scheduling-policy=slo",
            "--enable-adaptive-pd",
            "--colocated-rescheduling-mode",
            "--rescheduling-interval-ms=200",
            "--rescheduling-policies=neutral_load,decode_load,prefill_failover,decode_failover,neutral_failover",
            "--rescheduling-decode-load-threshold=0.5",
            "--rescheduling-neutral-load-threshold=0.5",
            "--rescheduling-load-balance-threshold=0.1"),
        Demo("slo", isAdaptivePd: true, isRescheduling: true));

    [Fact]
    public void Of_Slo_IsWhatTheFlagsGive() => AssertSame(
        Flags("--scheduling-policy=slo", "--slo-overload=spread"), Demo("slo"));

    [Fact]
    public void Of_LiteMode_IsWhatTheFlagsGive() => AssertSame(
        Flags(
            "--enable-full-mode-scheduling=false",
            "--dispatch-neutral-load-threshold=8192",
            "--dispatch-prefill-load-threshold=8192",
            "--dispatch-decode-load-threshold=8192"),
        Demo("load-balance", isLite: true));

    private static void AssertSame(SchedulerOptions expected, SchedulerOptions demo)
    {
        SchedulerOptions actual = demo.Effective();
        Assert.Equivalent(expected.Mode, actual.Mode, strict: true);
        Assert.Equivalent(expected.Dispatch, actual.Dispatch, strict: true);
        Assert.Equivalent(expected.Slo, actual.Slo, strict: true);
        Assert.Equivalent(expected.AdaptivePd, actual.AdaptivePd, strict: true);
        Assert.Equivalent(expected.Rescheduling, actual.Rescheduling, strict: true);
    }

    private SchedulerOptions Flags(params string[] flags)
    {
        string[] slo = flags.Contains("--scheduling-policy=slo")
            ? [$"--ttft-profiling-data-path={_tables.TtftPath}", $"--tpot-profiling-data-path={_tables.TpotPath}", "--ttft-slo=500", "--tpot-slo=25"]
            : [];
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse([.. flags, .. slo], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        return parsed.Options;
    }

    private SchedulerOptions Demo(string policy, bool isAdaptivePd = false, bool isRescheduling = false, bool isLite = false) => DemoSchedulerOptions.Of(
        new DemoSettings(policy, Engines: 4, isAdaptivePd ? SchedulingMode.PdStaged : SchedulingMode.Neutral, TimeSpan.FromSeconds(15), [], Seed: 1)
        {
            IsAdaptivePd = isAdaptivePd,
            IsLite = isLite,
            Targets = policy == "slo" ? new LatencyTargets(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(25)) : null,
        },
        policy,
        isRescheduling,
        storePort: 6379,
        tables: policy == "slo" ? _tables : null);
}
