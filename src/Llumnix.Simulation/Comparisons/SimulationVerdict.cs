using System.Globalization;

namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// Says in one sentence for each rate which contestant did best, and by how much. The share of requests within their targets counts first. Where
/// it is level, lower 99th percentiles of TTFT and TPOT count, except for a contestant that left more requests without a first token, whose percentiles say nothing of those.
/// A difference below 1 percentage point, or 5 percent of a latency, counts as none; over several seeds also one within the noise, by a t-test of the differences at each seed.
/// </summary>
internal static class SimulationVerdict
{
    private const double ShareTolerance = 0.01;
    private const double LatencyTolerance = 0.05;

    /// <summary>The sentences, by rate; none for a rate with fewer than two contestants.</summary>
    /// <param name="runs">The runs, by rate.</param>
    internal static IReadOnlyList<string> Of(IReadOnlyList<RunSummary> runs) =>
        [.. ContestantRuns.Of(runs.Where(static run => !double.IsNaN(run.Attainment))).GroupBy(static row => row.Rate).Where(static rate => rate.Count() > 1).Select(Sentence)];

    private static string Sentence(IGrouping<double, ContestantRuns> rate)
    {
        ContestantRuns[] ranked = [.. rate.OrderByDescending(static row => Attainment(row))];
        ContestantRuns best = ranked[0];
        ContestantRuns[] level = [.. ranked.Where(row => row == best || !IsClear(ShareAgainst(best, row), ShareTolerance))];
        string seeds = best.Runs.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", over {best.Runs.Count} seeds,") : "";
        string start = string.Create(CultureInfo.InvariantCulture, $"At {rate.Key:0.##} req/s{seeds} ");
        if (level.Length == 1)
        {
            ContestantRuns next = ranked[1];
            return $"{start}{Name(best)} did best: {Percent(Attainment(best))}% of the requests met their targets, "
                + $"{Points(ShareAgainst(best, next))} percentage points more than with {Name(next)}.";
        }

        (string lowest, string highest) = (Percent(level.Min(Attainment)), Percent(Attainment(best)));
        string share = $"{(lowest == highest ? highest : $"{lowest}% to {highest}")}% of the requests met their targets with {Names(level)}";
        return level.FirstOrDefault(row => level.All(other => other == row || IsFaster(row, other))) is { } fastest
            ? $"{start}{Name(fastest)} did best: {share}; {Latencies(fastest, level)}."
            : $"{start}no contestant did best: {share}, and none of them has a lower TTFT p99 or TPOT p99 without a higher one of the other"
                + (level.Any(row => level.Any(other => LeavesMoreOut(row, other))) ? " or more requests without a first token." : ".");
    }

    private static double Attainment(ContestantRuns row) => row.Estimate(static run => run.Attainment).Mean;

    private static Estimate ShareAgainst(ContestantRuns row, ContestantRuns other) =>
        row.Against(other, static (mine, others) => mine.Attainment - others.Attainment);

    private static bool IsFaster(ContestantRuns row, ContestantRuns other)
    {
        int ttft = Compare(row, other, static run => run.TtftP99);
        int tpot = Compare(row, other, static run => run.TpotP99);
        return ttft >= 0 && tpot >= 0 && ttft + tpot > 0 && !LeavesMoreOut(row, other);
    }

    private static bool LeavesMoreOut(ContestantRuns row, ContestantRuns other) =>
        row.Against(other, static (mine, others) => mine.ShareWithoutTtft - others.ShareWithoutTtft) is { Mean: > 0 } more && IsClear(more, ShareTolerance);

    /// <returns>1 when the first latency is the lower one, -1 when it is the higher one, 0 when they are level or one is missing.</returns>
    private static int Compare(ContestantRuns row, ContestantRuns other, Func<RunSummary, double> latency)
    {
        Estimate change = Change(row, other, latency);
        return IsAbove(change.Mean) && change.IsClear != false ? -Math.Sign(change.Mean) : 0;
    }

    /// <summary>How a latency differs, as the logarithm of the ratio, so that equal ratios are equal differences.</summary>
    private static Estimate Change(ContestantRuns row, ContestantRuns other, Func<RunSummary, double> latency) =>
        row.Against(other, (mine, others) => latency(others) > 0 ? Math.Log(latency(mine) / latency(others)) : double.NaN);

    private static bool IsAbove(double change) => Math.Abs(Math.Exp(change) - 1) >= LatencyTolerance;

    private static bool IsClear(Estimate difference, double tolerance) => Math.Abs(difference.Mean) >= tolerance && difference.IsClear != false;

    /// <summary>How much faster a contestant is than the next one of those it is compared with.</summary>
    private static string Latencies(ContestantRuns fastest, ContestantRuns[] level)
    {
        ContestantRuns next = level.Where(row => row != fastest).MinBy(static row => row.Estimate(static run => run.TtftP99).Mean)!;
        return $"with {Name(fastest)}, TTFT p99 is {Describe(Change(fastest, next, static run => run.TtftP99))} and "
            + $"TPOT p99 is {Describe(Change(fastest, next, static run => run.TpotP99))}, compared with {Name(next)}";
    }

    private static string Describe(Estimate change)
    {
        if (!IsAbove(change.Mean) || change.IsClear == false)
        {
            return IsAbove(change.Mean) ? "within the noise" : "about the same";
        }

        string lower = Lower(change.Mean);
        return double.IsNaN(change.HalfWidth) ? $"{lower}% lower" : $"{lower}% lower ({Lower(change.Mean + change.HalfWidth)}% to {Lower(change.Mean - change.HalfWidth)}%)";
    }

    private static string Lower(double change) => (100 * (1 - Math.Exp(change))).ToString("0", CultureInfo.InvariantCulture);

    private static string Names(ContestantRuns[] rows) =>
        string.Join(", ", rows[..^1].Select(Name)) + " and " + Name(rows[^1]);

    /// <summary>The name, in quotes where a comma in it would read as the end of it.</summary>
    private static string Name(ContestantRuns row) => row.Contestant.Contains(',', StringComparison.Ordinal) ? $"'{row.Contestant}'" : row.Contestant;

    private static string Points(Estimate difference) =>
        double.IsNaN(difference.HalfWidth) ? Percent(difference.Mean) : $"{Percent(difference.Mean)} ± {Percent(difference.HalfWidth)}";

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
