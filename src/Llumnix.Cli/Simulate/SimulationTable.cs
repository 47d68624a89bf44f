using System.Globalization;

namespace Llumnix.Cli.Simulate;

/// <summary>The results in the terminal.</summary>
internal static class SimulationTable
{
    private static readonly (string Title, Func<RunSummary, string> Value)[] Columns =
    [
        ("req/s", static run => Number(run.Rate, "0.##")),
        ("contestant", static run => run.Contestant),
        ("targets met", static run => Number(run.Attainment, "0.000")),
        ("TTFT p50", static run => Number(run.TtftP50, "0")),
        ("TTFT p99", static run => Number(run.TtftP99, "0")),
        ("TPOT p50", static run => Number(run.TpotP50, "0.0")),
        ("TPOT p99", static run => Number(run.TpotP99, "0.0")),
        ("refused", static run => Number(run.Refused, "0")),
        ("lost", static run => Number(run.Lost + run.CutOff, "0")),
        ("preempted", static run => Number(run.Preemptions, "0")),
        ("migrated", static run => Number(run.Migrations, "0")),
        ("imbalance", static run => Number(run.Imbalance, "0.00")),
    ];

    /// <summary>The titles of the columns.</summary>
    internal static IEnumerable<string> Titles => Columns.Select(static column => column.Title);

    /// <summary>A run's cells.</summary>
    internal static IEnumerable<string> Cells(RunSummary run) => Columns.Select(column => column.Value(run));

    /// <summary>The table as text, a line each.</summary>
    internal static string Format(IReadOnlyList<RunSummary> runs)
    {
        string[][] rows = [[.. Titles], .. runs.Select(static run => Cells(run).ToArray())];
        int[] widths = [.. Enumerable.Range(0, Columns.Length).Select(i => rows.Max(row => row[i].Length))];
        return string.Concat(rows.Select(row => string.Join("  ", row.Select((cell, i) => i == 1 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd() + "\n"));
    }

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
