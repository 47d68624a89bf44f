using System.Globalization;
using Llumnix.Cli.Reports;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>The tables of a report: means over the seeds, with 95 percent intervals where there are several.</summary>
internal static class ReportTables
{
    private static readonly double[] Shares = [0.99, 0.95, 0.9];

    private static readonly (string Title, Func<RunSummary, double> Value, string Format)[] Percentiles =
    [
        ("targets met (%)", static run => 100 * run.Attainment, "0.0"),
        ("TTFT p50 (ms)", static run => run.TtftP50, "0"),
        ("p90", static run => run.TtftP90, "0"),
        ("p99", static run => run.TtftP99, "0"),
        ("TPOT p50 (ms)", static run => run.TpotP50, "0.0"),
        ("p90", static run => run.TpotP90, "0.0"),
        ("p99", static run => run.TpotP99, "0.0"),
        ("end to end p50 (ms)", static run => run.EndToEndP50, "0"),
        ("p90", static run => run.EndToEndP90, "0"),
        ("p99", static run => run.EndToEndP99, "0"),
        ("missed by TTFT", static run => run.MissedTtft, "0.#"),
        ("by TPOT", static run => run.MissedTpot, "0.#"),
        ("by both", static run => run.MissedBoth, "0.#"),
        ("refused", static run => run.Refused, "0.#"),
        ("lost or cut off", static run => run.Lost + run.CutOff, "0.#"),
        ("first late first token (s)", static run => run.FirstTtftMissSeconds, "0"),
    ];

    /// <summary>The percentiles of all contestants at one rate, the best attainment first.</summary>
    internal static ReportTable PercentilesAt(double rate, IEnumerable<ContestantRuns> rows) => new(
        $"Percentiles by contestant at {Number(rate, "0.##")} req/s, best first. Missed: requests by what they missed. First late first token: arrival, from the start, of the first request whose TTFT missed its target.",
        ["contestant", .. Percentiles.Select(static column => column.Title)],
        [.. rows.OrderByDescending(static row => row.Estimate(static run => run.Attainment).Mean).Select(static row =>
            (string[])[row.Contestant, .. Percentiles.Select(column => SimulationTable.Cell(row.Estimate(column.Value), column.Format))])]);

    /// <summary>Up to which rate each contestant serves most requests in time, and from which rate on what is late.</summary>
    internal static ReportTable Limits(Scenario scenario, IEnumerable<ContestantRuns> rows) => new(
        "Rates in requests per second, of those that were played, by the means. A dash: at none of them.",
        [
            "contestant",
            .. Shares.Select(static share => $"{Number(100 * share, "0")}% within targets up to"),
            $"TTFT p99 above {Number(scenario.TtftSloMs, "0")} ms from",
            $"TPOT p99 above {Number(scenario.TpotSloMs, "0.#")} ms from",
        ],
        [.. rows.GroupBy(static row => row.Contestant).Select(contestant =>
        {
            ContestantRuns[] byRate = [.. contestant.OrderBy(static row => row.Rate)];
            return (string[])
            [
                contestant.Key,
                .. Shares.Select(share => Rate(byRate.TakeWhile(row => row.Estimate(static run => run.Attainment).Mean >= share).LastOrDefault())),
                Rate(byRate.FirstOrDefault(row => row.Estimate(static run => run.TtftP99).Mean > scenario.TtftSloMs)),
                Rate(byRate.FirstOrDefault(row => row.Estimate(static run => run.TpotP99).Mean > scenario.TpotSloMs)),
            ];
        })]);

    /// <summary>All numbers, as the terminal shows them.</summary>
    internal static ReportTable Results(IReadOnlyList<RunSummary> summaries)
    {
        IReadOnlyList<string[]> rows = SimulationTable.Rows(summaries);
        return new ReportTable("All runs. Latencies in milliseconds; targets met as a share from 0 to 1.", rows[0], [.. rows.Skip(1)], HeaderColumn: 1);
    }

    private static string Rate(ContestantRuns? row) => row is null ? "–" : Number(row.Rate, "0.##");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
