using Llumnix.Cli.Simulate;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Deploy.Tests.Bench;

/// <summary>The studies in bench/studies run from a plain clone: every scenario, cut short.</summary>
public sealed class StudyTests
{
    private const int Requests = 40;

    public static TheoryData<string> Scenarios =>
    [
        .. Directory.EnumerateFiles(Checkout.PathOf("bench/studies"), "*.yaml", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Checkout.Root, path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_CutShort_PlaysEveryContestant(string path)
    {
        Scenario scenario = ScenarioFile.Read(Checkout.PathOf(path));
        IEnumerable<string?> files = scenario.Fleet.SelectMany(static group => new[] { group.TtftProfile, group.TpotProfile }).Append(scenario.Workload.Trace);
        Assert.All(files.OfType<string>(), static file => Assert.StartsWith(Checkout.Root + "/", Path.GetFullPath(file), StringComparison.Ordinal));

        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(
            scenario with { Workload = scenario.Workload with { Requests = Requests, Rates = [scenario.Workload.Rates[0]] } },
            2,
            static (_, _) => { },
            TestContext.Current.CancellationToken);

        Assert.Equal(scenario.Contestants.Select(static contestant => contestant.Name), runs.Select(static run => run.Contestant));
        Assert.All(runs, static run => Assert.Equal(Requests, run.Result.Requests.Count));
        Assert.Contains(runs, static run => run.Result.Requests.All(static request => request.Outcome == RequestOutcome.Completed));
    }

    /// <summary>Every scenario says how it is run, from the project's root.</summary>
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Scenario_FirstLine_IsTheCommand(string path) => Assert.StartsWith(
        $"# Run from the project's root: dotnet run -c Release --project src/Llumnix.Cli -- simulate {path}\n", Checkout.Read(path), StringComparison.Ordinal);
}
