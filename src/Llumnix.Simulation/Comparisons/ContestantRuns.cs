
namespace Llumnix.Simulation.Comparisons;

/// <summary>A contestant's runs at one rate, one for each seed.</summary>
/// <param name="Contestant">The contestant's name.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Runs">The runs by seed, at least one.</param>
internal sealed record ContestantRuns(string Contestant, double Rate, IReadOnlyList<RunSummary> Runs)
{
    /// <summary>Groups runs, in the order in which contestants and rates come first.</summary>
    public static IReadOnlyList<ContestantRuns> Of(IEnumerable<RunSummary> runs) =>
        [.. runs.GroupBy(static run => (run.Contestant, run.Rate)).Select(static group => new ContestantRuns(group.Key.Contestant, group.Key.Rate, [.. group]))];

    /// <summary>The mean of a value over the seeds.</summary>
    public Estimate Estimate(Func<RunSummary, double> value) => Comparisons.Estimate.Of(Runs.Select(value));

    /// <summary>The mean over the seeds of how a value differs from another contestant's at the same seed, on the same arrivals.</summary>
    /// <param name="other">The other contestant, with the same seeds.</param>
    /// <param name="difference">The difference of two runs, this contestant's first.</param>
    public Estimate Against(ContestantRuns other, Func<RunSummary, RunSummary, double> difference) =>
        Comparisons.Estimate.Of(Runs.Zip(other.Runs, difference));
}
