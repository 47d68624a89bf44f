using System.Globalization;
using Spectre.Console;

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

    internal static Table Make(IEnumerable<RunSummary> runs)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach ((string title, _) in Columns)
        {
            table.AddColumn(new TableColumn(title) { Alignment = title == "contestant" ? Justify.Left : Justify.Right });
        }

        foreach (RunSummary run in runs)
        {
            table.AddRow([.. Columns.Select(column => Markup.Escape(column.Value(run)))]);
        }

        return table;
    }

    private static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);
}
