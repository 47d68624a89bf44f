using System.Globalization;

namespace Llumnix.Cli.Simulate;

/// <summary>The results as a table for the terminal.</summary>
internal static class SimulationTable
{
    private static readonly (string Title, Func<RunSummary, string> Value)[] Columns =
    [
        ("req/s", static run => Number(run.Rate, "0.##")),
        ("contestant", static run => run.Contestant),
        ("targets met", static run => Number(run.Attainment, "0.000")),
        ("TTFT p50", static run => Number(run.TtftP50, "0")),
        ("TTFT p99", static run => Number(run.TtftP99, "0")),
        ("no TTFT", static run => Number(run.WithoutTtft, "0")),
        ("TPOT p50", static run => Number(run.TpotP50, "0.0")),
        ("TPOT p99", static run => Number(run.TpotP99, "0.0")),
        ("no TPOT", static run => Number(run.WithoutTpot, "0")),
        ("refused", static run => Number(run.Refused, "0")),
        ("lost", static run => Number(run.Lost + run.CutOff, "0")),
        ("preempted", static run => Number(run.Preemptions, "0")),
        ("migrated", static run => Number(run.Migrations, "0")),
        ("imbalance", static run => Number(run.Imbalance, "0.00")),
    ];

    private static readonly (string Title, Func<RunSummary, string> Value)[] ColumnsWithHits =
        [.. Columns, ("hit rate", static run => Number(run.PrefixHitRate ?? double.NaN, "0.000"))];

    /// <summary>The titles, then each run's cells. The hit rate is a column when any run has it.</summary>
    internal static IReadOnlyList<string[]> Rows(IReadOnlyList<RunSummary> runs)
    {
        (string Title, Func<RunSummary, string> Value)[] columns = runs.Any(static run => run.PrefixHitRate is not null) ? ColumnsWithHits : Columns;
        return [[.. columns.Select(static column => column.Title)], .. runs.Select(run => columns.Select(column => column.Value(run)).ToArray())];
    }

    /// <summary>The table as text, a line each.</summary>
    internal static string Format(IReadOnlyList<RunSummary> runs)
    {
        IReadOnlyList<string[]> rows = Rows(runs);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length))];
        return string.Concat(rows.Select(row => string.Join("  ", row.Select((cell, i) => i == 1 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd() + "\n"));
    }

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
