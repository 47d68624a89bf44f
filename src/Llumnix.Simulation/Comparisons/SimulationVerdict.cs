using System.Globalization;

namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// Says for each rate which contestant did best, or between which of them it is too close to call, and which ones are clearly behind, by comparing each with each
/// (<see cref="ContestantPair"/>).
/// </summary>
internal static class SimulationVerdict
{
    /// <summary>The sentences, by rate, none for a rate with fewer than two contestants; and what one seed does not tell.</summary>
    /// <param name="runs">The runs, by rate.</param>
    internal static IReadOnlyList<string> Of(IReadOnlyList<RunSummary> runs)
    {
        IGrouping<double, ContestantRuns>[] rates =
            [.. ContestantRuns.Of(runs.Where(static run => !double.IsNaN(run.Attainment))).GroupBy(static row => row.Rate).Where(static rate => rate.Count() > 1)];
        IEnumerable<string> sentences = rates.Select(static rate => Sentence([.. rate]));
        return rates.Length > 0 && rates.All(static rate => rate.All(static row => row.Runs.Count == 1))
            ? [.. sentences, "One seed was played, which tells nothing of the noise: with --seeds 5 a small difference counts only where it is clear over five."]
            : [.. sentences];
    }

    private static string Sentence(ContestantRuns[] contestants)
    {
        ContestantRuns[] ranked = [.. contestants.OrderByDescending(Attainment)];
        ContestantRuns[] unbeaten = [.. ranked.Where(row => ranked.All(other => other == row || OutcomeOf(other, row) != ComparisonOutcome.Better))];
        unbeaten = unbeaten.Length == 0 ? ranked : unbeaten;
        ContestantRuns[] beaten = [.. ranked.Except(unbeaten)];
        string seeds = ranked[0].Runs.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", over {ranked[0].Runs.Count} seeds,") : "";
        string start = string.Create(CultureInfo.InvariantCulture, $"At {ranked[0].Rate:0.##} req/s{seeds} ");
        // Of one seed nothing is known of the noise, so that nothing is clear.
        string word = ranked[0].Runs.Count > 1 ? "Clearly behind" : "Behind";
        string behind = beaten.Length == 0 ? "" : $" {word}: {string.Join("; ", beaten.Select(row => Behind(row, unbeaten, ranked)))}.";
        return ranked.All(static row => row.Runs.All(static run => run.WithoutTtft == run.Requests)) ? $"{start}no contestant gave any request a first token: there is nothing to compare."
            : $"{start}{Lead(unbeaten)}{behind}";
    }

    private static string Lead(ContestantRuns[] unbeaten)
    {
        if (unbeaten is [var best])
        {
            return $"{Name(best)} did best: {Percent(Attainment(best))}% of the requests met their targets.";
        }

        (string lowest, string highest) = (Percent(unbeaten.Min(Attainment)), Percent(unbeaten.Max(Attainment)));
        string share = $"{(lowest == highest ? highest : $"{lowest}% to {highest}")}% of the requests met their targets";
        ContestantRuns measure = unbeaten.FirstOrDefault(one => unbeaten.Any(row => OutcomeOf(row, one) != ComparisonOutcome.Level), unbeaten[0]);
        ContestantRuns[] others = [.. unbeaten.Where(row => row != measure && OutcomeOf(row, measure) != ComparisonOutcome.Level)];
        return others.Length == 0
            ? $"it is too close to call between {Names(unbeaten)}: {share}, and the latencies do not tell them apart."
            : $"no contestant did best: {share} with {Names(unbeaten)}; compared with {Name(measure)}, "
                + $"{string.Join("; ", others.Select(row => $"{Name(row)} has {new ContestantPair(row, measure).Describe()}"))}.";
    }

    /// <summary>A contestant that is behind, and by how much; it is compared with the best of those that have beaten it.</summary>
    private static string Behind(ContestantRuns row, ContestantRuns[] unbeaten, ContestantRuns[] ranked)
    {
        ContestantRuns better = unbeaten.Concat(ranked).First(other => other != row && OutcomeOf(other, row) == ComparisonOutcome.Better);
        string than = better == unbeaten[0] && unbeaten.Length == 1 ? "" : $" than with {Name(better)}";
        return $"{Name(row)}, {Percent(Attainment(row))}% ({new ContestantPair(row, better).Describe()}{than})";
    }

    private static ComparisonOutcome OutcomeOf(ContestantRuns row, ContestantRuns other) => new ContestantPair(row, other).Outcome;

    private static double Attainment(ContestantRuns row) => row.Estimate(static run => run.Attainment).Mean;

    private static string Names(ContestantRuns[] rows) =>
        string.Join(", ", rows[..^1].Select(Name)) + " and " + Name(rows[^1]);

    /// <summary>The name, in quotes where a comma in it would read as the end of it.</summary>
    private static string Name(ContestantRuns row) => row.Contestant.Contains(',', StringComparison.Ordinal) ? $"'{row.Contestant}'" : row.Contestant;

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
