using Llumnix.Cli.Simulate;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>The scenario in docs/simulating.md can be played as it stands.</summary>
public sealed class SimulatingTests
{
    [Fact]
    public async Task Scenario_Played_EveryContestantAtEveryRate()
    {
        Scenario scenario = ScenarioFile.Parse(
            Assert.Single(CodeBlock.ReadAll("docs/simulating.md", "yaml")).Text, AppContext.BaseDirectory, "docs/simulating.md");

        IReadOnlyList<ScenarioRun> runs = await ScenarioRunner.RunAsync(scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal(["load-balance", "cache-aware", "round-robin"], runs.Select(run => run.Contestant).Distinct());
        Assert.Equal([20, 40], runs.Select(run => run.Rate).Distinct());
    }
}
