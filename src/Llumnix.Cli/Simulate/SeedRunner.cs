namespace Llumnix.Cli.Simulate;

/// <summary>Plays a scenario with each of its seeds, one after the other.</summary>
internal static class SeedRunner
{
    /// <summary>Plays it.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="parallel">Runs at a time, at least 1.</param>
    /// <param name="onProgress">Receives a run's name and progress, 0 to 1. Called from any thread.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <returns>The runs of the first seed, and the summaries of all: by seed, then by rate and contestant. Later runs are not kept, for they are large.</returns>
    /// <exception cref="ScenarioException">The scenario cannot be played.</exception>
    public static async Task<(IReadOnlyList<ScenarioRun> First, IReadOnlyList<RunSummary> All)> RunAsync(
        Scenario scenario, int parallel, Action<string, double> onProgress, CancellationToken cancellation)
    {
        IReadOnlyList<ScenarioRun> first = await ScenarioRunner.RunAsync(scenario, parallel, onProgress, cancellation);
        List<RunSummary> all = [.. first.Select(RunSummary.Of)];
        for (int i = 1; i < scenario.Seeds; i++)
        {
            IReadOnlyList<ScenarioRun> runs =
                await ScenarioRunner.RunAsync(scenario with { Seed = unchecked(scenario.Seed + i) }, parallel, onProgress, cancellation);

            // The rate of a workload's own arrivals differs a little from seed to seed.
            all.AddRange(runs.Zip(first, static (run, label) => RunSummary.Of(run) with { Rate = label.Rate }));
        }

        return (first, all);
    }
}
