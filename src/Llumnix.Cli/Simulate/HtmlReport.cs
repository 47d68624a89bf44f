using System.Globalization;
using Llumnix.Cli.Reports;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>The report of a scenario as a self-contained page.</summary>
internal static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="scenario">What was played.</param>
    /// <param name="runs">The runs of the first seed.</param>
    /// <param name="summaries">The summaries of all seeds.</param>
    internal static string Write(Scenario scenario, IReadOnlyList<ScenarioRun> runs, IReadOnlyList<RunSummary> summaries)
    {
        IReadOnlyList<ContestantRuns> rows = ContestantRuns.Of(summaries);
        string[] contestants = [.. rows.Select(static row => row.Contestant).Distinct()];
        double[] rates = [.. rows.Select(static row => row.Rate).Distinct()];
        return ReportPage.Write(new ReportDocument("Simulation", Describe(scenario), SimulationVerdict.Of(summaries), contestants, rates)
        {
            Notes = ScenarioNotes.Of(scenario),
            Faults = ScenarioFaults.Of(scenario, runs),
            Glossary = SimulationGlossary.All,
            TtftTargetMs = scenario.TtftSloMs,
            TpotTargetMs = scenario.TpotSloMs,
            Attainment = [.. contestants.Select(contestant => rates.Select(rate =>
                rows.First(row => row.Contestant == contestant && row.Rate == rate).Estimate(static run => run.Attainment)).ToArray())],
            Limits = ReportTables.Limits(scenario, rows),
            Percentiles = [.. rates.Select(rate => ReportTables.PercentilesAt(rate, rows.Where(row => row.Rate == rate)))],
            Migrations = [.. rates.Select(rate => MigrationTable.At(scenario, rate, runs.Where(run => run.Rate == rate)))],
            Results = ReportTables.Results(summaries),
            Runs = [.. runs.Select(run => ReportRuns.Of(run, Array.IndexOf(contestants, run.Contestant), Array.IndexOf(rates, run.Rate), runs.Count))],
        });
    }

    private static string Describe(Scenario scenario)
    {
        int engines = scenario.Fleet.Sum(static group => group.Count);
        string source = scenario.Workload.Trace is { } trace ? Path.GetFileName(trace) : scenario.Workload.Name;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{engines} engines, {source}, mode {scenario.Mode.ToName()}, targets {scenario.TtftSloMs:0} ms to the first token and {scenario.TpotSloMs:0.#} ms per token, {Seeds(scenario)}.");
    }

    private static string Seeds(Scenario scenario) => scenario.Seeds == 1
        ? $"seed {scenario.Seed}"
        : $"means of seeds {scenario.Seed} to {scenario.Seed + scenario.Seeds - 1} with 95% intervals, distributions and timelines of seed {scenario.Seed}";
}
