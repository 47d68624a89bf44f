using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>
/// Every decision of full mode's policies over simulated fleets near saturation stays what it was, request by request, and so does every
/// rescheduling plan.
/// </summary>
public sealed class FullModeGoldenTests : IClassFixture<FullModeGoldenTests.Profile>
{
    private const int Engines = 8;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(4);
    private readonly Profile _profile;

    public FullModeGoldenTests(Profile profile) => _profile = profile;

    [Theory]
    [InlineData("load-balance-neutral", SchedulingMode.Neutral, 16)]
    [InlineData("load-balance-pd-batch", SchedulingMode.PdBatch, 12)]
    [InlineData("load-balance-pd-staged", SchedulingMode.PdStaged, 12)]
    [InlineData("flood", SchedulingMode.PdBatch, 12, "--scheduling-policy=flood")]
    [InlineData("round-robin", SchedulingMode.PdStaged, 12, "--scheduling-policy=round-robin")]
    [InlineData("predictor-enhanced", SchedulingMode.Neutral, 16, "--enable-predictor-enhanced-scheduling")]
    [InlineData("rescheduling-neutral", SchedulingMode.Neutral, 28, "--colocated-reschedule-mode", "--reschedule-policies=neutral_load,neutral_failover")]
    [InlineData("rescheduling-pd", SchedulingMode.PdStaged, 20, "--colocated-reschedule-mode", "--reschedule-policies=decode_load,decode_failover,prefill_failover")]
    public void Decisions_LoadBalanceAndOthers_Unchanged(string name, SchedulingMode mode, double rate, params string[] flags) =>
        AssertUnchanged(name, mode, rate, flags);

    [Theory]
    [InlineData("reject")]
    [InlineData("spread")]
    [InlineData("triage")]
    [InlineData("hold")]
    public void Decisions_Slo_Unchanged(string overload)
    {
        string[] flags = ["--scheduling-policy=slo", $"--slo-overload={overload}", .. Targets()];
        AssertUnchanged($"slo-{overload}-neutral", SchedulingMode.Neutral, 32, flags);
        AssertUnchanged($"slo-{overload}-pd-batch", SchedulingMode.PdBatch, 28, flags);
    }

    [Theory]
    [InlineData("tuned", "reject")]
    [InlineData("tuned", "spread")]
    [InlineData("tuned", "triage")]
    [InlineData("tuned", "hold")]
    [InlineData("plain", "reject")]
    [InlineData("plain", "spread")]
    [InlineData("plain", "triage")]
    [InlineData("plain", "hold")]
    public void Decisions_AdaptivePd_Unchanged(string rules, string overload)
    {
        string[] flags =
        [
            "--scheduling-policy=slo", "--enable-adaptive-pd", $"--adaptive-pd-rules={rules}", $"--slo-overload={overload}",
            "--cms-pull-status-interval-ms=100", .. Targets(),
        ];
        AssertUnchanged($"adaptive-pd-{rules}-{overload}", SchedulingMode.PdStaged, 28, flags);
        AssertUnchanged(
            $"adaptive-pd-{rules}-{overload}-rescheduling", SchedulingMode.PdStaged, 28,
            [.. flags, "--colocated-reschedule-mode", "--reschedule-interval-ms=100"]);
        AssertUnchanged($"adaptive-pd-{rules}-{overload}-pd-batch", SchedulingMode.PdBatch, 28, flags);
        AssertUnchanged($"adaptive-pd-{rules}-{overload}-neutral", SchedulingMode.Neutral, 32, flags);
    }

    [Fact]
    public void Decisions_CacheAware_Unchanged()
    {
        string[] flags = ["--enable-cache-aware-scheduling"];
        AssertUnchanged("cache-aware-neutral", SchedulingMode.Neutral, 30, flags);
        AssertUnchanged("cache-aware-pd-staged", SchedulingMode.PdStaged, 20, flags);
    }

    private string[] Targets() =>
    [
        "--ttft-slo=3000", "--tpot-slo=50", $"--ttft-profiling-data-path={_profile.Tables.PrefillPath}",
        $"--tpot-profiling-data-path={_profile.Tables.DecodePath}",
    ];

    private void AssertUnchanged(string name, SchedulingMode mode, double rate, string[] flags)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse([.. flags, "--seed=7"], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        var clock = new VirtualClock();
        SchedulerCore core = SchedulerCore.Make(parsed.Options, clock, NullLogger.Instance);
        var hashes = new DecisionHashes();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Range(0, Engines).Select(i => EngineOf(i, mode))],
                Arrivals = !core.CacheAware.IsEnabled
                    ? BuiltInWorkloads.AzureConversation.Generate(rate, Length, seed: 3)
                    : SharedPrefixWorkload.Generate(rate, Length, seed: 3),
                Mode = mode,
                AskAgainFor = TimeSpan.FromMinutes(2),
                Path = new StatusPath { PollInterval = parsed.Options.Cms.StatusInterval },
                PrefixLookup = core.CacheAware.AsksStore ? core.CacheAware.Lookup : null,
                // An engine that dies, one that falls silent: who is a candidate is part of a decision.
                Faults =
                [
                    new EngineFault(EngineFaultKind.Crash, 2, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)),
                    new EngineFault(EngineFaultKind.Silent, 6, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(40)),
                ],
            },
            clock);
        Rescheduling? rescheduling = core.Planner is null
            ? null
            : new Rescheduling(core.Scheduler, core.Planner, parsed.Options.Rescheduling.Interval) { OnPlanned = hashes.Add };
        simulation.Run(
            new RecordingPlacer(new SchedulerPlacer(core.Scheduler), hashes), rescheduling, cancellation: TestContext.Current.CancellationToken);
        Assert.True(hashes.Decisions > 1500, $"{name}: only {hashes.Decisions} decisions");
        GoldenFile.AssertSame(name, hashes.Lines());
    }

    private EngineConfiguration EngineOf(int index, SchedulingMode mode) => new()
    {
        InferType = mode == SchedulingMode.Neutral ? InferType.Neutral : index < 5 ? InferType.Prefill : InferType.Decode,
        KvCapacityTokens = 60_000,
        TokensPerContentId = PromptTokens.TokensPerContentId,
        Latency = _profile.Tables.Latency,
        ProfilingSteps = 50,
        Noise = 0.05,
        NoiseSeed = index,
    };

    /// <summary>The tables, made once.</summary>
    public sealed class Profile : IDisposable
    {
        internal EstimatedProfile Tables { get; } = new();

        public void Dispose() => Tables.Dispose();
    }
}
