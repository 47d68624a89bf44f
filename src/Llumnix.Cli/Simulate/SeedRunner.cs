using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>Plays a scenario with each of its seeds.</summary>
internal static class SeedRunner
{
    /// <summary>Plays it.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="parallel">Runs at a time, of any seed, at least 1.</param>
    /// <param name="onProgress">Receives a run's name and progress, 0 to 1. Called from any thread.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <returns>The runs of the first seed, and the summaries of all: by seed, then by rate and contestant. Later runs are not kept, for they are large.</returns>
    /// <exception cref="ScenarioException">The scenario cannot be played.</exception>
    public static async Task<(IReadOnlyList<ScenarioRun> First, IReadOnlyList<RunSummary> All)> RunAsync(
        Scenario scenario, int parallel, Action<string, double> onProgress, CancellationToken cancellation)
    {
        int[] seeds = [.. Enumerable.Range(0, scenario.Seeds).Select(i => scenario.Seed + i)];
        IReadOnlyList<(ScenarioRun? Run, RunSummary Summary)> all = await ScenarioRunner.RunAsync(
            scenario, seeds, parallel, run => (run.Seed == scenario.Seed ? run : null, RunSummary.Of(run)), onProgress, cancellation);
        ScenarioRun[] first = [.. all.Select(static one => one.Run).OfType<ScenarioRun>()];

        // The rate of a workload's own arrivals differs a little from seed to seed.
        return (first, [.. all.Select((one, i) => one.Summary with { Rate = first[i % first.Length].Rate })]);
    }
}
