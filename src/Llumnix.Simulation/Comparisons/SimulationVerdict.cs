using System.Globalization;

namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// Says for each rate which contestant did best, or between which of them it is too close to call, and which ones are clearly behind, by comparing each with each
/// (<see cref="ContestantPair"/>). Of one seed nothing is known of the noise: then it says what was measured, and nobody is best or behind.
/// </summary>
internal static class SimulationVerdict
{
    /// <summary>The sentences, by rate, one for each contestant of which there is something to say; none for a rate with fewer than two contestants.</summary>
    /// <param name="runs">The runs, by rate.</param>
    internal static IReadOnlyList<string> Of(IReadOnlyList<RunSummary> runs)
    {
        ContestantRuns[][] rates =
        [
            .. ContestantRuns.Of(runs.Where(static run => !double.IsNaN(run.Attainment))).GroupBy(static row => row.Rate)
                .Where(static rate => rate.Count() > 1).Select(static rate => rate.OrderByDescending(Attainment).ToArray()),
        ];
        IEnumerable<string> sentences = rates.SelectMany(static ranked =>
            !IsAnyServed(ranked) ? [$"{At(ranked)} no contestant gave any request a first token: there is nothing to compare."]
            : IsOneSeed(ranked) ? Measured(ranked) : Compared(ranked));
        return rates.Any(static ranked => IsOneSeed(ranked) && IsAnyServed(ranked))
            ? [.. sentences, "One seed was played, which tells nothing of the noise: which contestant does better, --seeds 5 tells, where a difference counts only if it is clear over the seeds."]
            : [.. sentences];
    }

    private static bool IsOneSeed(ContestantRuns[] ranked) => ranked[0].Runs.Count == 1;

    private static bool IsAnyServed(ContestantRuns[] ranked) => ranked.Any(static row => row.Runs.Any(static run => run.WithoutTtft < run.Requests));

    /// <summary>What one seed has shown, beside the contestant that did best in it.</summary>
    private static IEnumerable<string> Measured(ContestantRuns[] ranked)
    {
        ContestantRuns first = Unbeaten(ranked)[0];
        yield return $"{At(ranked)}, with one seed, {Share(first)} with {Name(first)}.";
        foreach (ContestantRuns row in ranked.Where(row => row != first))
        {
            string difference = new ContestantPair(row, first).Describe();
            yield return $"{At(ranked)}, with one seed, {Share(row)} with {Name(row)}; compared with {Name(first)}: {(difference.Length > 0 ? difference : "about the same")}.";
        }
    }

    private static IEnumerable<string> Compared(ContestantRuns[] ranked)
    {
        ContestantRuns[] unbeaten = Unbeaten(ranked);
        string start = string.Create(CultureInfo.InvariantCulture, $"{At(ranked)}, over {ranked[0].Runs.Count} seeds, ");
        return
        [
            .. unbeaten is [var best] ? [$"{start}{Name(best)} did best: {Share(best)}."] : Undecided(unbeaten, start, At(ranked)),
            .. ranked.Except(unbeaten).Select(row => $"{At(ranked)}, clearly behind: {Name(row)}, {Behind(row, unbeaten, ranked)}."),
        ];
    }

    private static IEnumerable<string> Undecided(ContestantRuns[] unbeaten, string start, string at)
    {
        (string lowest, string highest) = (Percent(unbeaten.Min(Attainment)), Percent(unbeaten.Max(Attainment)));
        string share = $"{(lowest == highest ? highest : $"{lowest}% to {highest}")}% of the requests met their targets";
        ContestantRuns measure = unbeaten.FirstOrDefault(one => unbeaten.Any(row => OutcomeOf(row, one) != ComparisonOutcome.Level), unbeaten[0]);
        ContestantRuns[] others = [.. unbeaten.Where(row => row != measure && OutcomeOf(row, measure) != ComparisonOutcome.Level)];
        return others.Length == 0
            ? [$"{start}it is too close to call between {Names(unbeaten)}: {share}, and the latencies do not tell them apart."]
            :
            [
                others.All(row => OutcomeOf(row, measure) == ComparisonOutcome.Undecided)
                    ? $"{start}it is too close to call between {Names(unbeaten)}: {share}."
                    : $"{start}no contestant did best: {share} with {Names(unbeaten)}.",
                .. others.Select(row => $"{at}, {Name(row)} compared with {Name(measure)}: {new ContestantPair(row, measure).Describe()}."),
            ];
    }

    /// <summary>By how much a contestant is behind; it is compared with the best of those that have beaten it.</summary>
    private static string Behind(ContestantRuns row, ContestantRuns[] unbeaten, ContestantRuns[] ranked)
    {
        ContestantRuns better = unbeaten.Concat(ranked).First(other => other != row && OutcomeOf(other, row) == ComparisonOutcome.Better);
        string than = better == unbeaten[0] && unbeaten.Length == 1 ? "" : $" than with {Name(better)}";
        return $"{Percent(Attainment(row))}% ({new ContestantPair(row, better).Describe()}{than})";
    }

    private static ContestantRuns[] Unbeaten(ContestantRuns[] ranked)
    {
        ContestantRuns[] unbeaten = [.. ranked.Where(row => ranked.All(other => other == row || OutcomeOf(other, row) != ComparisonOutcome.Better))];
        return unbeaten.Length == 0 ? ranked : unbeaten;
    }

    private static ComparisonOutcome OutcomeOf(ContestantRuns row, ContestantRuns other) => new ContestantPair(row, other).Outcome;

    private static double Attainment(ContestantRuns row) => row.Estimate(static run => run.Attainment).Mean;

    private static string At(ContestantRuns[] contestants) => string.Create(CultureInfo.InvariantCulture, $"At {contestants[0].Rate:0.##} req/s");

    private static string Share(ContestantRuns row) => $"{Percent(Attainment(row))}% of the requests met their targets";

    private static string Names(ContestantRuns[] rows) =>
        string.Join(", ", rows[..^1].Select(Name)) + " and " + Name(rows[^1]);

    /// <summary>The name, in quotes where a comma in it would read as the end of it.</summary>
    private static string Name(ContestantRuns row) => row.Contestant.Contains(',', StringComparison.Ordinal) ? $"'{row.Contestant}'" : row.Contestant;

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
