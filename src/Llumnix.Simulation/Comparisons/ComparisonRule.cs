namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// The rule by which demo and simulate compare: shares of requests decide. Where all of them are level the latencies do, and where TTFT and TPOT disagree, the time
/// from end to end, in which both are. A difference below 1 percentage point of a share, or 5 percent of a latency, counts as none, and so does one within the noise;
/// but a share that is not level and only lost in the noise is not shown to be level, so that latencies which say the opposite of it decide nothing.
/// </summary>
internal static class ComparisonRule
{
    /// <summary>Smallest difference of a share that counts.</summary>
    internal const double ShareTolerance = 0.01;

    /// <summary>Smallest change of a latency that counts.</summary>
    internal const double LatencyTolerance = 0.05;

    /// <summary>What follows from the respects: 1 where the contestant is better, -1 where it is worse, 0 where it is level.</summary>
    /// <param name="shares">The shares of requests.</param>
    /// <param name="withinNoise">The shares whose difference is large enough to count, but within the noise.</param>
    /// <param name="parts">The latencies that are parts of a request's time.</param>
    /// <param name="whole">What decides where the parts disagree.</param>
    internal static ComparisonOutcome Of(IReadOnlyList<int> shares, IReadOnlyList<int> withinNoise, IReadOnlyList<int> parts, IReadOnlyList<int> whole)
    {
        if (Of(shares) is var byShares and not ComparisonOutcome.Level)
        {
            return byShares;
        }

        ComparisonOutcome byLatencies = OfLatencies(parts, whole);
        int opposite = byLatencies switch { ComparisonOutcome.Better => -1, ComparisonOutcome.Worse => 1, _ => 0 };
        return opposite != 0 && withinNoise.Contains(opposite) ? ComparisonOutcome.Undecided : byLatencies;
    }

    private static ComparisonOutcome OfLatencies(IReadOnlyList<int> parts, IReadOnlyList<int> whole)
    {
        ComparisonOutcome byAll = Of(parts.Concat(whole));
        return byAll == ComparisonOutcome.Mixed && Of(whole) is var byWhole and not ComparisonOutcome.Level ? byWhole : byAll;
    }

    private static ComparisonOutcome Of(IEnumerable<int> signs)
    {
        (bool isBetter, bool isWorse) = (false, false);
        foreach (int sign in signs)
        {
            isBetter |= sign > 0;
            isWorse |= sign < 0;
        }

        return (isBetter, isWorse) switch
        {
            (true, true) => ComparisonOutcome.Mixed,
            (true, false) => ComparisonOutcome.Better,
            (false, true) => ComparisonOutcome.Worse,
            _ => ComparisonOutcome.Level,
        };
    }
}
