using System.Globalization;
using Llumnix.Cli.Reports;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>What migrations came to: how many there were, and the requests that were moved beside those that were not.</summary>
internal static class MigrationTable
{
    private static readonly string[] Titles =
    [
        "contestant", "migrations", "failed", "requests moved", "moves of each",
        "moved: targets met (%)", "TPOT p50 (ms)", "TPOT p99", "not moved: targets met (%)", "TPOT p50 (ms)", "TPOT p99",
    ];

    /// <summary>The table of one rate; null where nothing was migrated.</summary>
    /// <param name="scenario">What was played.</param>
    /// <param name="rate">The rate.</param>
    /// <param name="runs">The runs of the first seed at that rate.</param>
    internal static ReportTable? At(Scenario scenario, double rate, IEnumerable<ScenarioRun> runs)
    {
        string[][] rows = [.. runs.Where(static run => run.Result.Migrations.Count + run.Result.FailedMigrations > 0).Select(run => Row(scenario, run))];
        return rows.Length == 0
            ? null
            : new ReportTable(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Migrations at {rate:0.##} req/s, seed {scenario.Seed}; contestants without any are left out. Failed: refused or broken off. A move is part of its request's TPOT. The requests that are moved are no random ones: the two groups differ by more than the moves."),
                Titles,
                rows);
    }

    private static string[] Row(Scenario scenario, ScenarioRun run)
    {
        RequestResult[] moved = [.. run.Result.Requests.Where(static request => request.Migrations > 0)];
        return
        [
            run.Contestant,
            Text(run.Result.Migrations.Count, "0"),
            Text(run.Result.FailedMigrations, "0"),
            Text(moved.Length, "0"),
            Text(moved.Length == 0 ? double.NaN : moved.Average(static request => (double)request.Migrations), "0.0"),
            .. Fate(scenario, moved),
            .. Fate(scenario, [.. run.Result.Requests.Where(static request => request.Migrations == 0)]),
        ];
    }

    private static IEnumerable<string> Fate(Scenario scenario, RequestResult[] requests)
    {
        double[] tpot = [.. requests.Where(static request => !float.IsNaN(request.TpotMs)).Select(static request => (double)request.TpotMs).Order()];
        double attained = requests.Count(request => request.Attains(scenario.TtftSloMs, scenario.TpotSloMs));
        return [Text(100 * attained / requests.Length, "0.0"), Text(RunSummary.Quantile(tpot, 0.5), "0.0"), Text(RunSummary.Quantile(tpot, 0.99), "0.0")];
    }

    private static string Text(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
