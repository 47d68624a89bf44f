using System.Globalization;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>How well the bounds of predicted latencies have held, as text: a line for each contestant at each rate that compares predictions with what came.</summary>
internal static class CoverageLines
{
    /// <summary>The lines; over several seeds with the mean shares.</summary>
    internal static IEnumerable<string> Of(IReadOnlyList<RunSummary> runs) =>
        ContestantRuns.Of(runs).Select(static row => (Row: row, Cells: Cells(row))).Where(static line => line.Cells.Length > 0).Select(static line =>
            string.Create(CultureInfo.InvariantCulture, $"coverage at {line.Row.Rate:0.##} req/s, {line.Row.Contestant}: {string.Join("; ", line.Cells)}."));

    private static string[] Cells(ContestantRuns row) =>
    [
        .. row.Runs.SelectMany(static run => run.Coverage ?? []).GroupBy(static kind => (kind.Class, kind.Latency)).Select(static kind => string.Create(
            CultureInfo.InvariantCulture,
            $"{kind.Key.Class} {kind.Key.Latency} {SimulationTable.Cell(Estimate.Of(kind.Select(static run => run.Share)), "0.000")} of {kind.First().Confidence:0.##} ({kind.Sum(static run => run.Outcomes)} outcomes)")),
    ];
}
