using System.Globalization;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>The results as a table for the terminal; over several seeds the means, each with its 95 percent interval.</summary>
internal static class SimulationTable
{
    private static readonly (string Title, Func<RunSummary, double> Value, string Format)[] Columns =
    [
        ("targets met", static run => run.Attainment, "0.000"),
        ("TTFT p50", static run => run.TtftP50, "0"),
        ("TTFT p99", static run => run.TtftP99, "0"),
        ("no TTFT", static run => run.WithoutTtft, "0.#"),
        ("TPOT p50", static run => run.TpotP50, "0.0"),
        ("TPOT p99", static run => run.TpotP99, "0.0"),
        ("no TPOT", static run => run.WithoutTpot, "0.#"),
        ("refused", static run => run.Refused, "0.#"),
        ("lost", static run => run.Lost + run.CutOff, "0.#"),
        ("preempted", static run => run.Preemptions, "0.#"),
        ("migrated", static run => run.Migrations, "0.#"),
        ("imbalance", static run => run.Imbalance, "0.00"),
    ];

    private static readonly (string Title, Func<RunSummary, double> Value, string Format)[] ColumnsWithHits =
        [.. Columns, ("hit rate", static run => run.PrefixHitRate ?? double.NaN, "0.000")];

    /// <summary>The titles, then the cells of each contestant at each rate. The hit rate is a column when any run has it.</summary>
    internal static IReadOnlyList<string[]> Rows(IReadOnlyList<RunSummary> runs)
    {
        (string Title, Func<RunSummary, double> Value, string Format)[] columns = runs.Any(static run => run.PrefixHitRate is not null) ? ColumnsWithHits : Columns;
        return
        [
            ["req/s", "contestant", .. columns.Select(static column => column.Title)],
            .. ContestantRuns.Of(runs).Select(row => (string[])
            [
                Number(row.Rate, "0.##"), row.Contestant, .. columns.Select(column => Cell(row.Estimate(column.Value), column.Format)),
            ]),
        ];
    }

    /// <summary>The table as text, a line each.</summary>
    internal static string Format(IReadOnlyList<RunSummary> runs)
    {
        IReadOnlyList<string[]> rows = Rows(runs);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length))];
        return string.Concat(rows.Select(row => string.Join("  ", row.Select((cell, i) => i == 1 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd() + "\n"));
    }

    /// <summary>A mean with its interval, where that is known and not empty.</summary>
    internal static string Cell(Estimate estimate, string format) =>
        double.IsNaN(estimate.HalfWidth) || estimate.HalfWidth == 0 ? Number(estimate.Mean, format) : $"{Number(estimate.Mean, format)} ±{Number(estimate.HalfWidth, format)}";

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
