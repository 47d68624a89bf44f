using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Simulate;

/// <summary>A fleet of a fast and a slow group; to a scheduler that is given the slow one's profile no target can be met.</summary>
public sealed class SchedulerProfileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(null, "fast", 0)]
    [InlineData(0, "fast", 0)]
    [InlineData(1, "slow", 100)]
    public async Task Run_GroupsDiffer_TheNamedGroupsProfileIsTheSchedulers(int? group, string profile, int refused)
    {
        Scenario scenario = Mixed() with { SchedulerProfileGroup = group };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(refused, runs[0].Result.Requests.Count(static request => request.Outcome == RequestOutcome.Refused));
        Assert.Contains(
            $"it is given that of group {group ?? 0} ({profile}.ttft.json, {profile}.tpot.json) for: slo. ",
            Assert.Single(ScenarioNotes.Of(scenario)),
            StringComparison.Ordinal);
        Assert.Contains("<p class=\"note\">note: ", HtmlReport.Write(scenario, runs, [.. runs.Select(RunSummary.Of)]), StringComparison.Ordinal);
    }

    /// <summary>With tables of its own the slow group is known to be slow, and the fast one serves everything.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Run_GroupsWithClasses_EachHasItsOwnTables(int group)
    {
        Scenario mixed = Mixed();
        Scenario scenario = mixed with
        {
            SchedulerProfileGroup = group,
            Fleet = [mixed.Fleet[0] with { Class = "fast" }, mixed.Fleet[1] with { Class = "slow" }],
        };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.All(runs[0].Result.Requests, static request => Assert.True(request.TtftMs < 6000));
        Assert.Empty(ScenarioNotes.Of(scenario));
    }

    [Fact]
    public async Task Run_Warmup_ItsRequestsAreLeftOut()
    {
        Scenario scenario = Mixed();
        scenario = scenario with { Workload = scenario.Workload with { WarmupSeconds = 50 } };
        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.InRange(runs[1].Result.Requests.Count, 20, 80);
        Assert.All(runs[1].Result.Requests, static request => Assert.True(request.ArrivalSeconds >= 50));
    }

    [Fact]
    public void Of_OwnProfileOrEqualGroupsOrBaseline_NothingToNote()
    {
        Scenario mixed = Mixed();
        Assert.Empty(ScenarioNotes.Of(mixed with { Fleet = [mixed.Fleet[0], mixed.Fleet[0] with { Noise = 0.1 }] }));
        Assert.Empty(ScenarioNotes.Of(mixed with { Contestants = [mixed.Contestants[1]] }));
        Assert.Empty(ScenarioNotes.Of(mixed with
        {
            Contestants = [new("own") { Flags = ["--ttft-profiling-data-path=a", "--tpot-profiling-data-path", "b"] }],
        }));
    }

    [Fact]
    public void Of_GroupWithoutTables_NamesItsProfile()
    {
        Scenario scenario = Mixed();
        Assert.Contains(
            "it is given that of group 0 (h200-llama-3.1-8b-fp8) for: slo.",
            Assert.Single(ScenarioNotes.Of(scenario with { Fleet = [new(), scenario.Fleet[1]] })),
            StringComparison.Ordinal);
    }

    private Scenario Mixed() => new()
    {
        Workload = new() { Requests = 100, Rates = [1] },
        Fleet = [Group("fast", prefillMs: 10), Group("slow", prefillMs: 10_000)],
        Contestants = [new("slo") { Flags = ["--scheduling-policy=slo", "--slo-overload=reject"] }, new("random") { Baseline = BaselineKind.Random }],
    };

    private EngineGroup Group(string name, int prefillMs) => new()
    {
        Count = 1,
        TtftProfile = Write($"{name}.ttft.json", $$"""{"results":[{"tokens_num":1,"p50":{{prefillMs}}},{"tokens_num":8192,"p50":{{prefillMs + 100}}}]}"""),
        TpotProfile = Write($"{name}.tpot.json", """{"results":[{"batch_size":1,"tokens_per_request":128,"p50":5},{"batch_size":64,"tokens_per_request":4096,"p50":9}]}"""),
    };

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
