using System.Globalization;

namespace Llumnix.Cli.Simulate;

/// <summary>
/// Says in one sentence for each rate which contestant did best, and by how much. The share of requests within their targets counts first. Where
/// it is level, lower 99th percentiles of TTFT and TPOT count, except for a contestant that left more requests without a first token, whose percentiles say nothing of those. A difference below 1 percentage point, or 5 percent of a latency, counts as none.
/// </summary>
internal static class SimulationVerdict
{
    private const double ShareTolerance = 0.01;
    private const double LatencyTolerance = 0.05;

    /// <summary>The sentences, by rate; none for a rate with fewer than two contestants.</summary>
    /// <param name="runs">The runs, by rate.</param>
    internal static IReadOnlyList<string> Of(IReadOnlyList<RunSummary> runs) =>
        [.. runs.Where(static run => !double.IsNaN(run.Attainment)).GroupBy(static run => run.Rate).Where(static rate => rate.Count() > 1).Select(Sentence)];

    private static string Sentence(IGrouping<double, RunSummary> rate)
    {
        RunSummary[] ranked = [.. rate.OrderByDescending(static run => run.Attainment)];
        RunSummary best = ranked[0];
        RunSummary[] level = [.. ranked.Where(run => best.Attainment - run.Attainment < ShareTolerance)];
        string start = string.Create(CultureInfo.InvariantCulture, $"At {rate.Key:0.##} req/s ");
        if (level.Length == 1)
        {
            RunSummary next = ranked[1];
            return $"{start}{best.Contestant} did best: {Percent(best.Attainment)}% of the requests met their targets, "
                + $"{Percent(best.Attainment - next.Attainment)} percentage points more than with {next.Contestant}.";
        }

        (string lowest, string highest) = (Percent(level[^1].Attainment), Percent(best.Attainment));
        string share = $"{(lowest == highest ? highest : $"{lowest}% to {highest}")}% of the requests met their targets with {Names(level)}";
        return level.FirstOrDefault(run => level.All(other => other == run || IsFaster(run, other))) is { } fastest
            ? $"{start}{fastest.Contestant} did best: {share}; {Latencies(fastest, level)}."
            : $"{start}no contestant did best: {share}, and none of them has a lower TTFT p99 or TPOT p99 without a higher one of the other"
                + (level.Any(run => LeavesMoreOut(run, level)) ? " or more requests without a first token." : ".");
    }

    private static bool IsFaster(RunSummary run, RunSummary other)
    {
        int ttft = Compare(run.TtftP99, other.TtftP99);
        int tpot = Compare(run.TpotP99, other.TpotP99);
        return ttft >= 0 && tpot >= 0 && ttft + tpot > 0 && !LeavesMoreOut(run, [other]);
    }

    private static bool LeavesMoreOut(RunSummary run, RunSummary[] others) =>
        others.Any(other => run.ShareWithoutTtft - other.ShareWithoutTtft >= ShareTolerance);

    /// <returns>1 when the first latency is the lower one, -1 when it is the higher one, 0 when they are level or one is missing.</returns>
    private static int Compare(double mine, double other) =>
        Change(mine, other) is var change && !(Math.Abs(change) >= LatencyTolerance) ? 0 : -Math.Sign(change);

    private static double Change(double mine, double other) => other > 0 ? (mine / other) - 1 : double.NaN;

    /// <summary>How much faster a run is than the next one of those it is compared with.</summary>
    private static string Latencies(RunSummary fastest, RunSummary[] level)
    {
        RunSummary next = level.Where(run => run != fastest).MinBy(static run => run.TtftP99)!;
        return $"with {fastest.Contestant}, TTFT p99 is {Describe(fastest.TtftP99, next.TtftP99)} and TPOT p99 is {Describe(fastest.TpotP99, next.TpotP99)}, "
            + $"compared with {next.Contestant}";
    }

    private static string Describe(double mine, double other) => Compare(mine, other) == 0
        ? "about the same"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(Change(mine, other)) * 100:0}% lower");

    private static string Names(RunSummary[] runs) =>
        string.Join(", ", runs[..^1].Select(static run => run.Contestant)) + " and " + runs[^1].Contestant;

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
