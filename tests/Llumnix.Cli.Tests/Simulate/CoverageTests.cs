using System.Text.Json;
using Llumnix.Cli.Simulate;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Tests.Simulate;

/// <summary>Bounds of predicted latencies, over 20,000 predictions: the share of actual latencies within them.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData(7, 1)]
    [InlineData(8, 2)]
    public async Task Run_TwentyThousandPredictions_BoundsCoverTheirShare(double rate, int seed)
    {
        var scenario = new Scenario
        {
            Workload = new() { Name = "azure-conversation", Arrivals = ArrivalPattern.Poisson, Requests = 10_000, Rates = [rate] },
            Mode = SchedulingMode.PdStaged,
            Fleet = [new() { Count = 8, Profile = "h20-qwen3-32b-estimate", KvCapacity = 60_000 }],
            Seed = seed,
            Contestants =
            [
                new("on") { Flags = ["--scheduling-policy=slo", "--enable-adaptive-pd", "--cms-pull-status-interval-ms=100", "--latency-correction=on"] },
                new("off") { Flags = ["--scheduling-policy=slo", "--enable-adaptive-pd", "--latency-correction=off"] },
            ],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 2, static (_, _) => { }, TestContext.Current.CancellationToken);
        RunSummary[] summaries = [.. runs.Select(RunSummary.Of)];

        BoundCoverage[] coverage = [.. summaries[0].Coverage!];
        Assert.Equal(["ttft", "tpot"], coverage.Select(static kind => kind.Latency));
        Assert.InRange(coverage.Sum(static kind => kind.Outcomes), 19_500, 20_000);
        Assert.All(coverage, static kind => Assert.InRange(kind.Share, 0.88, 0.92));
        Assert.Null(summaries[1].Coverage);

        string line = Assert.Single(CoverageLines.Of(summaries));
        Assert.Contains("neutral/block16 ttft 0.", line, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(SimulationJson.Write(scenario, summaries));
        JsonElement told = json.RootElement.GetProperty("runs")[0].GetProperty("coverage")[1];
        Assert.Equal("tpot", told.GetProperty("latency").GetString());
        Assert.Equal(coverage[1].Share, told.GetProperty("share").GetDouble());
        Assert.False(json.RootElement.GetProperty("runs")[1].TryGetProperty("coverage", out _));
    }
}
