using Llumnix.Simulation.Comparisons;

namespace Llumnix.Simulation.Tests.Comparisons;

public sealed class SimulationVerdictTests
{
    [Fact]
    public void Of_MoreRequestsWithinTheirTargets_IsBestAndNamesWhoIsBehind() => Assert.Equal(
        "At 60 req/s lb did best: 99.0% of the requests met their targets. Behind: "
        + "rr, 95.0% (4.0 percentage points fewer, TTFT p99 89% lower, TPOT p99 89% lower); random, 90.0% (9.0 percentage points fewer, TTFT p99 89% lower, TPOT p99 89% lower).",
        First(Run("rr", 0.95, 100, 10), Run("lb", 0.99, 900, 90), Run("random", 0.9, 100, 10)));

    [Fact]
    public void Of_EqualShares_TheLowerLatenciesCount() => Assert.Equal(
        "At 60 req/s rr did best: 98.5% of the requests met their targets. Behind: lb, 99.0% (TTFT p99 33% higher).",
        First(Run("lb", 0.99, 400, 20), Run("rr", 0.985, 300, 20.5)));

    /// <summary>Medians, and the time from end to end, count as the 99th percentiles of TTFT and TPOT do.</summary>
    [Theory]
    [InlineData(150, 10, 1000, "TTFT p50 50% higher")]
    [InlineData(100, 15, 1000, "TPOT p50 50% higher")]
    [InlineData(100, 10, 1500, "end to end p50 50% higher")]
    public void Of_EqualSharesAndAHigherMedian_IsBehind(double ttftP50, double tpotP50, double endToEndP50, string difference) => Assert.Equal(
        $"At 60 req/s rr did best: 99.0% of the requests met their targets. Behind: lb, 99.0% ({difference}).",
        First(
            Run("lb", 0.99, 400, 20) with { TtftP50 = ttftP50, TpotP50 = tpotP50, EndToEndP50 = endToEndP50 },
            Run("rr", 0.99, 400, 20) with { TtftP50 = 100, TpotP50 = 10, EndToEndP50 = 1000 }));

    [Theory]
    [InlineData(380, 20)]
    [InlineData(double.NaN, double.NaN)]
    public void Of_EqualSharesAndLatencies_IsTooCloseToCall(double ttft, double tpot) => Assert.Equal(
        "At 60 req/s it is too close to call between lb and rr: 99.0% of the requests met their targets, and the latencies do not tell them apart.",
        First(Run("lb", 0.99, 390, 20), Run("rr", 0.99, ttft, tpot)));

    /// <summary>Where nobody is best, who is behind both is told all the same.</summary>
    [Fact]
    public void Of_EachIsFasterInOneRespect_NamesNoneAndWhoIsBehind() => Assert.Equal(
        "At 60 req/s no contestant did best: 99.0% of the requests met their targets with lb and rr; compared with lb, rr has TTFT p99 25% lower, TPOT p99 50% higher. "
        + "Behind: random, 90.0% (9.0 percentage points fewer than with lb).",
        First(Run("random", 0.9, 400, 20), Run("lb", 0.99, 400, 20), Run("rr", 0.99, 300, 30)));

    /// <summary>Two that are both level with a third need not be level with each other.</summary>
    [Fact]
    public void Of_TwoDifferWhoAreLevelWithAThird_IsNotTooCloseToCall() => Assert.Equal(
        "At 60 req/s no contestant did best: 99.0% of the requests met their targets with a, b and c; compared with b, c has TTFT p99 6% lower, TPOT p99 6% higher.",
        First(Run("a", 0.9902, 412, 20.6), Run("b", 0.9901, 425, 20), Run("c", 0.99, 400, 21.2)));

    /// <summary>Where TTFT and TPOT disagree, the whole of both decides.</summary>
    [Fact]
    public void Of_SlowerFirstTokenAndFasterEnd_IsBest() => Assert.Equal(
        "At 60 req/s lb did best: 99.0% of the requests met their targets. Behind: rr, 99.0% (TTFT p99 25% lower, TPOT p99 50% higher, end to end p50 20% higher).",
        First(Run("lb", 0.99, 400, 20) with { EndToEndP50 = 1000 }, Run("rr", 0.99, 300, 30) with { EndToEndP50 = 1200 }));

    /// <summary>A contestant that refuses requests has no latencies of them.</summary>
    [Fact]
    public void Of_LowerLatenciesWithMoreRefusals_IsNotBest()
    {
        Assert.Equal(
            "At 60 req/s no contestant did best: 60.0% of the requests met their targets with slo and rr; compared with slo, rr has "
            + "40.0 percentage points fewer requests without a first token, TTFT p99 90 times as high, TPOT p99 800% higher.",
            First(Run("slo", 0.6, 100, 10) with { Refused = 400, WithoutTtft = 400 }, Run("rr", 0.6, 9000, 90)));
        Assert.StartsWith(
            "At 60 req/s slo did best", First(Run("slo", 0.6, 100, 10) with { WithoutTtft = 9 }, Run("rr", 0.6, 9000, 90)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralRates_HasASentenceForEachWithTwoContestantsAndOneForTheSeed() => Assert.Equal(
        ["At 20 req/s a did best", "At 40.5 req/s b did best", "One seed was played, which tells nothing of the noise"],
        SimulationVerdict.Of(
        [
            Run("a", 1, 1, 1, 20), Run("b", 0.5, 1, 1, 20), Run("a", 0.5, 1, 1, 40.5), Run("b", 0.7, 1, 1, 40.5), Run("a", 1, 1, 1, 80), Run("b", double.NaN, 1, 1, 80),
        ]).Select(static sentence => sentence[..sentence.IndexOf(':', StringComparison.Ordinal)]));

    /// <summary>Without any first token there are no latencies that could be close.</summary>
    [Fact]
    public void Of_NobodyServesARequest_IsNoComparison() => Assert.Equal(
        "At 60 req/s no contestant gave any request a first token: there is nothing to compare.",
        First(
            Run("lb", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }, Run("rr", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }));

    [Fact]
    public void Of_OneServesNothing_IsBehind() => Assert.Equal(
        "At 60 req/s rr did best: 50.0% of the requests met their targets. Behind: lb, 0.0% (50.0 percentage points fewer, 100.0 percentage points more requests without a first token).",
        First(Run("lb", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }, Run("rr", 0.5, 100, 10)));

    [Fact]
    public void Of_OneContestant_SaysNothing() => Assert.Empty(SimulationVerdict.Of([Run("a", 1, 1, 1)]));

    [Theory]
    [InlineData(0.966, 0.97, 0.974, "At 60 req/s, over 3 seeds, lb did best: 99.0% of the requests met their targets. Clearly behind: rr, 97.0% (2.0 ± 0.5 percentage points fewer).")]
    [InlineData(0.94, 0.97, 1.0, "At 60 req/s, over 3 seeds, it is too close to call between lb and rr: 97.0% to 99.0% of the requests met their targets, ")]
    public void Of_SeveralSeeds_ADifferenceWithinTheNoiseCountsAsNone(double first, double second, double third, string sentence) => Assert.StartsWith(
        sentence,
        Assert.Single(SimulationVerdict.Of(
        [
            .. new[] { 0.988, 0.99, 0.992 }.Select((share, i) => Run("lb", share, 100, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((share, i) => Run("rr", share, 100, 10) with { Seed = i }),
        ])),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(200, 210, 220, "lb did best: 99.0% of the requests met their targets. Clearly behind: rr, 99.0% (TTFT p99 109% higher (106% to 112%)).")]
    [InlineData(100, 210, 320, "too close to call")]
    public void Of_SeveralSeeds_LatenciesHaveIntervals(double first, double second, double third, string part) => Assert.Contains(
        part,
        Assert.Single(SimulationVerdict.Of(
        [
            .. new[] { 96.0, 100, 106 }.Select((ttft, i) => Run("lb", 0.99, ttft, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((ttft, i) => Run("rr", 0.99, ttft, 10) with { Seed = i }),
        ])),
        StringComparison.Ordinal);

    private static string First(params RunSummary[] runs) => SimulationVerdict.Of(runs)[0];

    private static RunSummary Run(string contestant, double attainment, double ttftP99, double tpotP99, double rate = 60) => new(
        contestant, rate, 1000, 0, 0, 0, attainment, 0, 0, ttftP99, 0, 0, 0, tpotP99, 0, 0, 0, 0, 1, 100, null);
}
