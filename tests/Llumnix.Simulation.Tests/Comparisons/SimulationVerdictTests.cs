using Llumnix.Simulation.Comparisons;

namespace Llumnix.Simulation.Tests.Comparisons;

public sealed class SimulationVerdictTests
{
    [Fact]
    public void Of_MoreRequestsWithinTheirTargets_IsBestWhateverTheLatencies() => Assert.Equal(
        ["At 60 req/s lb did best: 99.0% of the requests met their targets, 4.0 percentage points more than with rr."],
        SimulationVerdict.Of([Run("rr", 0.95, 100, 10), Run("lb", 0.99, 900, 90), Run("random", 0.9, 100, 10)]));

    [Fact]
    public void Of_EqualShares_TheLowerLatenciesCount() => Assert.Equal(
        ["At 60 req/s rr did best: 98.5% to 99.0% of the requests met their targets with lb and rr; with rr, TTFT p99 is 25% lower and TPOT p99 is about the same, compared with lb."],
        SimulationVerdict.Of([Run("lb", 0.99, 400, 20), Run("rr", 0.985, 300, 20.5)]));

    [Theory]
    [InlineData(380, 20)]
    [InlineData(300, 30)]
    [InlineData(double.NaN, double.NaN)]
    public void Of_EqualSharesAndNoneIsFaster_NamesNone(double ttft, double tpot) => Assert.Equal(
        ["At 60 req/s no contestant did best: 99.0% of the requests met their targets with lb and rr, and none of them has a lower TTFT p99 or TPOT p99 without a higher one of the other."],
        SimulationVerdict.Of([Run("lb", 0.99, 390, 20), Run("rr", 0.99, ttft, tpot)]));

    /// <summary>A contestant that refuses requests has no latencies of them.</summary>
    [Fact]
    public void Of_LowerLatenciesWithMoreRefusals_IsNotBest()
    {
        Assert.Equal(
            ["At 60 req/s no contestant did best: 60.0% of the requests met their targets with slo and rr, and none of them has a lower TTFT p99 or TPOT p99 without a higher one of the other or more requests without a first token."],
            SimulationVerdict.Of([Run("slo", 0.6, 100, 10) with { Refused = 400, WithoutTtft = 400 }, Run("rr", 0.6, 9000, 90)]));
        Assert.StartsWith(
            "At 60 req/s slo did best",
            Assert.Single(SimulationVerdict.Of([Run("slo", 0.6, 100, 10) with { WithoutTtft = 9 }, Run("rr", 0.6, 9000, 90)])),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralRates_HasASentenceForEachWithTwoContestants() => Assert.Equal(
        ["At 20 req/s a did best", "At 40.5 req/s b did best"],
        SimulationVerdict.Of(
        [
            Run("a", 1, 1, 1, 20), Run("b", 0.5, 1, 1, 20), Run("a", 0.5, 1, 1, 40.5), Run("b", 0.7, 1, 1, 40.5), Run("a", 1, 1, 1, 80), Run("b", double.NaN, 1, 1, 80),
        ]).Select(static sentence => sentence[..sentence.IndexOf(':', StringComparison.Ordinal)]));

    [Theory]
    [InlineData(0.966, 0.97, 0.974, "At 60 req/s, over 3 seeds, lb did best: 99.0% of the requests met their targets, 2.0 ± 0.5 percentage points more than with rr.")]
    [InlineData(0.94, 0.97, 1.0, "At 60 req/s, over 3 seeds, no contestant did best: 97.0% to 99.0% of the requests met their targets with lb and rr, ")]
    public void Of_SeveralSeeds_ADifferenceWithinTheNoiseCountsAsNone(double first, double second, double third, string sentence) => Assert.StartsWith(
        sentence,
        Assert.Single(SimulationVerdict.Of(
        [
            .. new[] { 0.988, 0.99, 0.992 }.Select((share, i) => Run("lb", share, 100, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((share, i) => Run("rr", share, 100, 10) with { Seed = i }),
        ])),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(200, 210, 220, "TTFT p99 is 52% lower (51% to 53%) and TPOT p99 is about the same")]
    [InlineData(100, 210, 320, "no contestant did best")]
    public void Of_SeveralSeeds_LatenciesHaveIntervals(double first, double second, double third, string part) => Assert.Contains(
        part,
        Assert.Single(SimulationVerdict.Of(
        [
            .. new[] { 96.0, 100, 106 }.Select((ttft, i) => Run("lb", 0.99, ttft, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((ttft, i) => Run("rr", 0.99, ttft, 10) with { Seed = i }),
        ])),
        StringComparison.Ordinal);

    private static RunSummary Run(string contestant, double attainment, double ttftP99, double tpotP99, double rate = 60) => new(
        contestant, rate, 1000, 0, 0, 0, attainment, 0, 0, ttftP99, 0, 0, 0, tpotP99, 0, 0, 0, 0, 1, 100, null);
}
