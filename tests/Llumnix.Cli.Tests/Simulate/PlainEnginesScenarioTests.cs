using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Tests.Simulate;

/// <summary>A short version of bench/studies/plain-engines: what reading the engines' own metrics loses against the CMS. TTFT p99 over that with the CMS.</summary>
public sealed class PlainEnginesScenarioTests
{
    private static readonly string[] Read = ["--status-source=engines", "--engine-metrics-interval-ms=250"];

    private static readonly Scenario Plain = new()
    {
        Workload = new() { DurationSeconds = 40, Rates = [60], Arrivals = ArrivalPattern.Poisson },
        Fleet = [new() { Count = 4 }],
        Contestants =
        [
            new("CMS") { Flags = ["--cms-pull-status-interval-ms=50"] },
            new("read") { Flags = Read },
            new("read, first tokens every second") { Flags = Read, DoFirstTokensWait = true },
            new("read, no ledger") { Flags = [.. Read, "--enable-instance-status-local-account=false"] },
            new("lite mode") { Flags = ["--enable-full-mode-scheduling=false"] },
        ],
    };

    [Fact]
    public async Task Run_EnginesAreRead_LosesLittleAndWithoutTheLedgerMuch()
    {
        double[] lost = new double[Plain.Contestants.Count];
        int[] seeds = [1, 2, 3];
        foreach (int seed in seeds)
        {
            RunSummary[] runs = [.. (await PlayAsync(Plain with { Seed = seed })).Select(RunSummary.Of)];
            for (int i = 0; i < lost.Length; i++)
            {
                Assert.Equal(0, runs[i].Refused + runs[i].Lost);
                lost[i] += runs[i].TtftP99 / runs[0].TtftP99 / seeds.Length;
            }
        }

        Assert.InRange(lost[1], 0.9, 1.1);
        Assert.InRange(lost[2], 1.1, 1.4);
        Assert.InRange(lost[3], 1.5, 3);
        Assert.InRange(lost[4], 1.2, 2);
    }

    /// <summary>A quarter of the requests are of others and on one engine: by prompt tokens alone it would take as many of the rest as any other engine.</summary>
    [Fact]
    public async Task Run_OthersLoadAnEngine_CountingRequestsRelievesIt()
    {
        Scenario others = Plain with
        {
            Workload = Plain.Workload with { OthersEvery = 8 },
            Contestants =
            [
                new("prompt tokens") { Flags = Read },
                new("and requests") { Flags = [.. Read, "--dispatch-neutral-load-metric=prefill_tokens_and_requests"] },
            ],
        };
        RunSummary[] runs = [.. (await PlayAsync(others)).Select(RunSummary.Of)];
        Assert.True(runs[1].TpotP99 < 0.7 * runs[0].TpotP99, $"{runs[0].TpotP99} {runs[1].TpotP99}");
        Assert.True(runs[1].TtftP99 < runs[0].TtftP99, $"{runs[0].TtftP99} {runs[1].TtftP99}");
    }

    [Fact]
    public async Task Run_SameSeed_SameBytes()
    {
        Scenario brief = Plain with { Workload = Plain.Workload with { DurationSeconds = 5 } };
        string first = SimulationJson.Write(brief, [.. (await PlayAsync(brief)).Select(RunSummary.Of)]);
        Assert.Equal(first, SimulationJson.Write(brief, [.. (await PlayAsync(brief)).Select(RunSummary.Of)]));
    }

    private static Task<IReadOnlyList<ScenarioRun>> PlayAsync(Scenario scenario) =>
        ScenarioRunner.RunAsync(scenario, 2, static (_, _) => { }, TestContext.Current.CancellationToken);
}
