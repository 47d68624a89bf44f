using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Simulate;

/// <summary>Cache-aware scheduling by the scheduler's own flags, on prompts that share prefixes and engines with room for few of them.</summary>
public sealed class CacheAwareScenarioTests
{
    private static readonly Scenario Shared = new()
    {
        Workload = new() { Name = "shared-prefix", DurationSeconds = 60, Rates = [40] },
        Fleet = [new() { Count = 4, KvCapacity = 80_000 }],
        Contestants =
        [
            new("load-balance"),
            new("cache-aware") { Flags = ["--enable-cache-aware-scheduling"] },
            new("cache-aware, no prompt is long enough") { Flags = ["--enable-cache-aware-scheduling", "--cache-aware-scheduling-min-tokens=10000"] },
            new("round-robin") { Baseline = BaselineKind.RoundRobin },
        ],
    };

    [Fact]
    public async Task Run_CacheAware_MoreHitsAndEarlierTokens()
    {
        IReadOnlyList<RunSummary> runs = await RunAsync(Shared);
        Assert.InRange(runs[1].PrefixHitRate!.Value, 1.2 * runs[0].PrefixHitRate!.Value, 0.96);
        Assert.InRange(runs[1].TtftMean, 0, 0.9 * runs[0].TtftMean);
        Assert.InRange(runs[1].Imbalance, 1, 1.15);
        Assert.InRange(runs[2].PrefixHitRate!.Value, 0, 1.05 * runs[0].PrefixHitRate!.Value);
        Assert.InRange(runs[3].PrefixHitRate!.Value, 0.1, 1.05 * runs[0].PrefixHitRate!.Value);
    }

    /// <summary>A question of 250 ms never ends within the budget of 200 ms: five lookups are late, then the service is left alone.</summary>
    [Fact]
    public async Task Run_SlowKvMetadata_AsWithoutIt()
    {
        IReadOnlyList<RunSummary> runs = await RunAsync(Shared with { KvMetadataDelayMs = 250 });
        Assert.InRange(runs[1].PrefixHitRate!.Value, 0, 1.1 * runs[0].PrefixHitRate!.Value);
        Assert.Equal(runs[0].TtftP50, runs[1].TtftP50, 0.1 * runs[0].TtftP50);
    }

    [Fact]
    public async Task Write_PromptsShareContent_TheHitRateIsInEveryReport()
    {
        IReadOnlyList<ScenarioRun> runs = await PlayAsync(Shared, 4);
        RunSummary[] summaries = [.. runs.Select(RunSummary.Of)];
        string cell = summaries[1].PrefixHitRate!.Value.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
        string[] table = SimulationTable.Format(summaries).Split('\n');
        Assert.EndsWith("hit rate", table[0], StringComparison.Ordinal);
        Assert.EndsWith(cell, table[2], StringComparison.Ordinal);
        string page = HtmlReport.Write(Shared, runs, summaries);
        Assert.Contains("<th scope=\"col\">hit rate</th></tr>", page, StringComparison.Ordinal);
        Assert.Contains($"<td>{cell}</td></tr>", page, StringComparison.Ordinal);
        string json = SimulationJson.Write(Shared, summaries);
        Assert.Contains("\"prefix_hit_rate\": 0.", json, StringComparison.Ordinal);
        Assert.Equal(json, SimulationJson.Write(Shared, await RunAsync(Shared)));
    }

    [Fact]
    public async Task Write_ContentIsUnknown_NoHitRate()
    {
        Scenario azure = Shared with { Workload = new() { DurationSeconds = 5, Rates = [40] }, Contestants = [Shared.Contestants[1]] };
        IReadOnlyList<RunSummary> runs = await RunAsync(azure);
        Assert.Null(Assert.Single(runs).PrefixHitRate);
        Assert.DoesNotContain("hit rate", SimulationTable.Format(runs), StringComparison.Ordinal);
        Assert.DoesNotContain("hit_rate", SimulationJson.Write(azure, runs), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<RunSummary>> RunAsync(Scenario scenario) => [.. (await PlayAsync(scenario, 1)).Select(RunSummary.Of)];

    private static Task<IReadOnlyList<ScenarioRun>> PlayAsync(Scenario scenario, int parallel) =>
        ScenarioRunner.RunAsync(scenario, parallel, static (_, _) => { }, TestContext.Current.CancellationToken);
}
