using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Simulate;

public sealed class SimulationReportTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly Scenario Small = new()
    {
        Workload = new() { DurationSeconds = 20, Rates = [20, 40] },
        Fleet = [new() { Count = 4, KvCapacity = 40_000 }],
        Contestants =
        [
            new("load-balance"),
            new("rescheduling <&>") { Flags = ["--colocated-rescheduling-mode", "--rescheduling-policies=neutral_load", "--rescheduling-neutral-load-threshold=0.3"] },
            new("random") { Baseline = BaselineKind.Random },
        ],
    };

    [Fact]
    public async Task Run_SameScenario_SameBytes()
    {
        string first = await JsonAsync(parallel: 1);
        Assert.Equal(first, await JsonAsync(parallel: 4));
        Assert.Contains("\"contestant\": \"random\"", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Contestants_SeeTheSameArrivals()
    {
        IReadOnlyList<ScenarioRun> runs = await RunAsync(1);
        Assert.Equal(6, runs.Count);
        foreach (IGrouping<double, ScenarioRun> rate in runs.GroupBy(run => run.Rate))
        {
            Assert.Single(rate.Select(run => string.Join(',', run.Result.Requests.Select(request => request.ArrivalSeconds))).Distinct());
        }

        Assert.Contains(runs, run => run.Result.Migrations.Count > 0);
    }

    [Fact]
    public async Task Format_Runs_IsATableWithALineEach()
    {
        string[] lines = SimulationTable.Format([.. (await RunAsync(2)).Select(RunSummary.Of)]).TrimEnd().Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.StartsWith("req/s  contestant", lines[0], StringComparison.Ordinal);
        Assert.Contains("   20  load-balance", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SeveralSeeds_MeansWithIntervalsOverAllOfThem()
    {
        Scenario scenario = Small with { Workload = new() { DurationSeconds = 5, Rates = [20] }, Contestants = [Small.Contestants[0], Small.Contestants[2]], Seeds = 3, Seed = 7 };
        (IReadOnlyList<ScenarioRun> first, IReadOnlyList<RunSummary> all) = await SeedRunner.RunAsync(scenario, 2, static (_, _) => { }, Cancellation);

        Assert.Equal(["load-balance", "random"], first.Select(static run => run.Contestant));
        Assert.Equal([7, 7, 8, 8, 9, 9], all.Select(static run => run.Seed));
        Assert.Equal(3, all.Where(static run => run.Contestant == "random").Select(static run => run.TtftP99).Distinct().Count());
        IReadOnlyList<RunSummary> alone = [.. (await ScenarioRunner.RunAsync(scenario with { Seed = 9 }, 1, static (_, _) => { }, Cancellation)).Select(RunSummary.Of)];
        Assert.Equal(alone, all.Skip(4));

        string[] cells = SimulationTable.Rows(all)[2];
        Assert.Equal(3, SimulationTable.Rows(all).Count);
        double mean = all.Where(static run => run.Contestant == "random").Average(static run => run.TtftP99);
        Assert.StartsWith(mean.ToString("0", System.Globalization.CultureInfo.InvariantCulture) + " ±", cells[4], StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(SimulationJson.Write(scenario, all));
        Assert.Equal(6, json.RootElement.GetProperty("runs").GetArrayLength());
        Assert.Equal(mean, json.RootElement.GetProperty("means")[1].GetProperty("ttft_p99").GetProperty("mean").GetDouble(), 1e-9);
        Assert.True(json.RootElement.GetProperty("means")[1].GetProperty("ttft_p99").GetProperty("half_width").GetDouble() > 0);
        Assert.Contains("means of seeds 7 to 9", HtmlReport.Write(scenario, first, all), StringComparison.Ordinal);
    }

    /// <summary>A workload without a rate has its own, which differs a little from seed to seed: still one row for a contestant.</summary>
    [Fact]
    public async Task Run_SeveralSeedsWithoutARate_AreOneRow()
    {
        Scenario scenario = Small with { Workload = new() { DurationSeconds = 20 }, Contestants = [Small.Contestants[2]], Seeds = 2 };
        (_, IReadOnlyList<RunSummary> all) = await SeedRunner.RunAsync(scenario, 2, static (_, _) => { }, Cancellation);
        Assert.Single(ContestantRuns.Of(all));
    }

    /// <summary>Percentiles say beside each how many requests they leave out.</summary>
    [Fact]
    public async Task Write_RefusedRequests_AreCountedBesideThePercentiles()
    {
        Scenario refusing = Small with
        {
            Workload = new() { DurationSeconds = 10, Rates = [20] },
            Fleet = [new() { Count = 1 }],
            Faults = [new() { Kind = EngineFaultKind.Unschedulable, AtSeconds = 4, DurationSeconds = 4 }],
            Contestants = [new("load-balance")],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(refusing, 1, static (_, _) => { }, Cancellation);
        RunSummary summary = RunSummary.Of(Assert.Single(runs));
        Assert.InRange(summary.Refused, 1, summary.Requests - 1);
        Assert.Equal(runs[0].Result.Requests.Count(static request => float.IsNaN(request.TtftMs)), summary.WithoutTtft);
        Assert.InRange(summary.WithoutTtft, summary.Refused, summary.Requests - 1);
        Assert.InRange(summary.WithoutTpot, summary.WithoutTtft, summary.Requests);
        string[] titles = SimulationTable.Rows([summary])[0];
        string[] cells = SimulationTable.Rows([summary])[1];
        foreach ((string title, int count) in new[] { ("TTFT", summary.WithoutTtft), ("TPOT", summary.WithoutTpot) })
        {
            int column = Array.IndexOf(titles, $"no {title}");
            Assert.Equal($"{title} p99", titles[column - 1]);
            Assert.Equal(count.ToString(System.Globalization.CultureInfo.InvariantCulture), cells[column]);
            Assert.Contains($"\"without_{title.ToLowerInvariant()}\": {count}", SimulationJson.Write(refusing, [summary]), StringComparison.Ordinal);
            Assert.Contains($"<th scope=\"col\">no {title}</th>", HtmlReport.Write(refusing, runs, [summary]), StringComparison.Ordinal);
        }
    }

    /// <summary>A run of which the warm-up leaves no request: JSON has numbers, or null where there is none.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Write_NoRequestIsMeasured_HasNullsAndNoTexts(int seeds)
    {
        Scenario unmeasured = Small with { Workload = new() { DurationSeconds = 5, Rates = [5], WarmupSeconds = 10 }, Contestants = [new("load-balance")], Seeds = seeds };
        (_, IReadOnlyList<RunSummary> all) = await SeedRunner.RunAsync(unmeasured, 1, static (_, _) => { }, Cancellation);
        string text = SimulationJson.Write(unmeasured, all);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("runs")[0].GetProperty("attainment").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("runs")[0].GetProperty("first_ttft_miss_seconds").ValueKind);
    }

    [Fact]
    public async Task Write_Faults_AreToldAndWordsExplained()
    {
        Scenario faulty = Small with
        {
            Workload = new() { DurationSeconds = 5, Rates = [5] },
            Contestants = [new("load-balance")],
            Faults =
            [
                new() { Kind = EngineFaultKind.Slow, Engine = 2, AtSeconds = 3.5, DurationSeconds = 1, Factor = 2 },
                new() { Kind = EngineFaultKind.Crash, Engine = 1, AtSeconds = 2, DurationSeconds = 10 },
            ],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(faulty, 1, static (_, _) => { }, Cancellation);
        string page = HtmlReport.Write(faulty, runs, [.. runs.Select(RunSummary.Of)]);
        IReadOnlyList<string> ids = [.. runs[0].Result.Engines.Select(static engine => engine.InstanceId)];

        Assert.Contains(
            $"<h2>Faults</h2><ul><li>Engine 1 ({ids[1]}) has crashed and has lost its requests from 2 s on, for 10 s.</li>"
            + $"<li>Engine 2 ({ids[2]}) is slow, with steps 2 times as long, from 3.5 s on, for 1 s.</li></ul>",
            page,
            StringComparison.Ordinal);
        Assert.Contains(", mode neutral, targets ", page, StringComparison.Ordinal);
        Assert.Contains("<dt>imbalance</dt><dd>computing time of the busiest engine / mean of all engines, one that crashed among them with what it computed</dd>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>Faults</h2>", HtmlReport.Write(faulty with { Faults = [] }, runs, []), StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<ScenarioRun>> RunAsync(int parallel) =>
        ScenarioRunner.RunAsync(Small, parallel, static (_, _) => { }, Cancellation);

    private static async Task<string> JsonAsync(int parallel) =>
        SimulationJson.Write(Small, [.. (await RunAsync(parallel)).Select(RunSummary.Of)]);
}
