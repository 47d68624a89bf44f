using Llumnix.Simulation.Comparisons;

namespace Llumnix.Simulation.Tests.Comparisons;

public sealed class SimulationVerdictTests
{
    private const string OneSeed =
        "One seed was played, which tells nothing of the noise: which contestant does better, --seeds 5 tells, where a difference counts only if it is clear over the seeds.";

    /// <summary>One request of 42 makes 2.4 points: it makes nobody the best.</summary>
    [Fact]
    public void Of_OneSeed_SaysWhatWasMeasuredAndThatNobodyIsBest() => Assert.Equal(
        [
            "At 60 req/s, with one seed, 99.0% of the requests met their targets with lb.",
            "At 60 req/s, with one seed, 99.0% of the requests met their targets with like lb; compared with lb: about the same.",
            "At 60 req/s, with one seed, 96.6% of the requests met their targets with rr; compared with lb: 2.4 percentage points fewer, TTFT p99 89% lower.",
            OneSeed,
        ],
        SimulationVerdict.Of([Run("rr", 0.966, 100, 10), Run("lb", 0.99, 900, 10), Run("like lb", 0.99, 900, 10)]));

    [Fact]
    public void Of_MoreRequestsWithinTheirTargets_IsBestAndALineNamesEachThatIsBehind() => Assert.Equal(
        [
            "At 60 req/s, over 2 seeds, lb did best: 99.0% of the requests met their targets.",
            "At 60 req/s, clearly behind: rr, 95.0% (4.0 ± 0.0 percentage points fewer, TTFT p99 89% lower, TPOT p99 89% lower).",
            "At 60 req/s, clearly behind: random, 90.0% (9.0 ± 0.0 percentage points fewer, TTFT p99 89% lower, TPOT p99 89% lower).",
        ],
        Twice(Run("rr", 0.95, 100, 10), Run("lb", 0.99, 900, 90), Run("random", 0.9, 100, 10)));

    [Fact]
    public void Of_EqualShares_TheLowerLatenciesCount() => Assert.Equal(
        ["At 60 req/s, over 2 seeds, rr did best: 98.5% of the requests met their targets.", "At 60 req/s, clearly behind: lb, 99.0% (TTFT p99 33% higher)."],
        Twice(Run("lb", 0.99, 400, 20), Run("rr", 0.985, 300, 20.5)));

    /// <summary>Medians, and the time from end to end, count as the 99th percentiles of TTFT and TPOT do.</summary>
    [Theory]
    [InlineData(150, 10, 1000, "TTFT p50 50% higher")]
    [InlineData(100, 15, 1000, "TPOT p50 50% higher")]
    [InlineData(100, 10, 1500, "end to end p50 50% higher")]
    public void Of_EqualSharesAndAHigherMedian_IsBehind(double ttftP50, double tpotP50, double endToEndP50, string difference) => Assert.Equal(
        ["At 60 req/s, over 2 seeds, rr did best: 99.0% of the requests met their targets.", $"At 60 req/s, clearly behind: lb, 99.0% ({difference})."],
        Twice(
            Run("lb", 0.99, 400, 20) with { TtftP50 = ttftP50, TpotP50 = tpotP50, EndToEndP50 = endToEndP50 },
            Run("rr", 0.99, 400, 20) with { TtftP50 = 100, TpotP50 = 10, EndToEndP50 = 1000 }));

    [Theory]
    [InlineData(380, 20)]
    [InlineData(double.NaN, double.NaN)]
    public void Of_EqualSharesAndLatencies_IsTooCloseToCall(double ttft, double tpot) => Assert.Equal(
        ["At 60 req/s, over 2 seeds, it is too close to call between lb and rr: 99.0% of the requests met their targets, and the latencies do not tell them apart."],
        Twice(Run("lb", 0.99, 390, 20), Run("rr", 0.99, ttft, tpot)));

    /// <summary>Where nobody is best, who is behind both is told all the same.</summary>
    [Fact]
    public void Of_EachIsFasterInOneRespect_NamesNoneAndWhoIsBehind() => Assert.Equal(
        [
            "At 60 req/s, over 2 seeds, no contestant did best: 99.0% of the requests met their targets with lb and rr.",
            "At 60 req/s, rr compared with lb: TTFT p99 25% lower, TPOT p99 50% higher.",
            "At 60 req/s, clearly behind: random, 90.0% (9.0 ± 0.0 percentage points fewer than with lb).",
        ],
        Twice(Run("random", 0.9, 400, 20), Run("lb", 0.99, 400, 20), Run("rr", 0.99, 300, 30)));

    /// <summary>Two that are both level with a third need not be level with each other.</summary>
    [Fact]
    public void Of_TwoDifferWhoAreLevelWithAThird_IsNotTooCloseToCall() => Assert.Equal(
        [
            "At 60 req/s, over 2 seeds, no contestant did best: 99.0% of the requests met their targets with a, b and c.",
            "At 60 req/s, c compared with b: TTFT p99 6% lower, TPOT p99 6% higher.",
        ],
        Twice(Run("a", 0.9902, 412, 20.6), Run("b", 0.9901, 425, 20), Run("c", 0.99, 400, 21.2)));

    /// <summary>Where several are unbeaten, whom one is compared with stands behind what differs.</summary>
    [Fact]
    public void Of_OneIsBehindTwoByAMultiple_IsASentence() => Assert.Contains(
        "At 60 req/s, clearly behind: rr, 99.0% (TTFT p99 higher by a factor of 90, TPOT p99 800% higher than with a).",
        Twice(Run("a", 0.99, 100, 10), Run("b", 0.99, 100, 10), Run("rr", 0.99, 9000, 90)));

    /// <summary>Where TTFT and TPOT disagree, the whole of both decides.</summary>
    [Fact]
    public void Of_SlowerFirstTokenAndFasterEnd_IsBest() => Assert.Equal(
        [
            "At 60 req/s, over 2 seeds, lb did best: 99.0% of the requests met their targets.",
            "At 60 req/s, clearly behind: rr, 99.0% (TTFT p99 25% lower, TPOT p99 50% higher, end to end p50 20% higher).",
        ],
        Twice(Run("lb", 0.99, 400, 20) with { EndToEndP50 = 1000 }, Run("rr", 0.99, 300, 30) with { EndToEndP50 = 1200 }));

    /// <summary>A contestant that refuses requests has no latencies of them.</summary>
    [Fact]
    public void Of_LowerLatenciesWithMoreRefusals_IsNotBest()
    {
        Assert.Equal(
            [
                "At 60 req/s, over 2 seeds, no contestant did best: 60.0% of the requests met their targets with slo and rr.",
                "At 60 req/s, rr compared with slo: 40.0 percentage points fewer requests without a first token, TTFT p99 higher by a factor of 90, TPOT p99 800% higher.",
            ],
            Twice(Run("slo", 0.6, 100, 10) with { Refused = 400, WithoutTtft = 400 }, Run("rr", 0.6, 9000, 90)));
        Assert.StartsWith(
            "At 60 req/s, over 2 seeds, slo did best", Twice(Run("slo", 0.6, 100, 10) with { WithoutTtft = 9 }, Run("rr", 0.6, 9000, 90))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralRates_HasSentencesForEachWithTwoContestants() => Assert.Equal(
        ["At 20 req/s, over 2 seeds, a did best", "At 20 req/s, clearly behind", "At 40.5 req/s, over 2 seeds, b did best", "At 40.5 req/s, clearly behind"],
        Twice(
            Run("a", 1, 1, 1, 20), Run("b", 0.5, 1, 1, 20), Run("a", 0.5, 1, 1, 40.5), Run("b", 0.7, 1, 1, 40.5), Run("a", 1, 1, 1, 80), Run("b", double.NaN, 1, 1, 80))
            .Select(static sentence => sentence[..sentence.IndexOf(':', StringComparison.Ordinal)]));

    /// <summary>Without any first token there are no latencies that could be close.</summary>
    [Fact]
    public void Of_NobodyServesARequest_IsNoComparison()
    {
        RunSummary[] runs =
            [Run("lb", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }, Run("rr", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }];
        string[] verdict = ["At 60 req/s no contestant gave any request a first token: there is nothing to compare."];
        Assert.Equal(verdict, SimulationVerdict.Of(runs));
        Assert.Equal(verdict, Twice(runs));
    }

    [Fact]
    public void Of_OneServesNothing_IsBehind() => Assert.Equal(
        [
            "At 60 req/s, over 2 seeds, rr did best: 50.0% of the requests met their targets.",
            "At 60 req/s, clearly behind: lb, 0.0% (50.0 ± 0.0 percentage points fewer, 100.0 percentage points more requests without a first token).",
        ],
        Twice(Run("lb", 0, double.NaN, double.NaN) with { Refused = 1000, WithoutTtft = 1000 }, Run("rr", 0.5, 100, 10)));

    [Fact]
    public void Of_OneContestant_SaysNothing() => Assert.Empty(SimulationVerdict.Of([Run("a", 1, 1, 1)]));

    [Theory]
    [InlineData(0.966, 0.97, 0.974, "At 60 req/s, clearly behind: rr, 97.0% (2.0 ± 0.5 percentage points fewer).")]
    [InlineData(0.94, 0.97, 1.0, "At 60 req/s, over 3 seeds, it is too close to call between lb and rr: 97.0% to 99.0% of the requests met their targets, and the latencies do not tell them apart.")]
    public void Of_SeveralSeeds_ADifferenceWithinTheNoiseCountsAsNone(double first, double second, double third, string sentence) => Assert.Equal(
        sentence,
        SimulationVerdict.Of(
        [
            .. new[] { 0.988, 0.99, 0.992 }.Select((share, i) => Run("lb", share, 100, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((share, i) => Run("rr", share, 100, 10) with { Seed = i }),
        ])[^1]);

    [Theory]
    [InlineData(200, 210, 220, "At 60 req/s, clearly behind: rr, 99.0% (TTFT p99 109% higher (106% to 112%)).")]
    [InlineData(100, 210, 320, "At 60 req/s, over 3 seeds, it is too close to call between lb and rr: 99.0% of the requests met their targets, and the latencies do not tell them apart.")]
    public void Of_SeveralSeeds_LatenciesHaveIntervals(double first, double second, double third, string sentence) => Assert.Equal(
        sentence,
        SimulationVerdict.Of(
        [
            .. new[] { 96.0, 100, 106 }.Select((ttft, i) => Run("lb", 0.99, ttft, 10) with { Seed = i }),
            .. new[] { first, second, third }.Select((ttft, i) => Run("rr", 0.99, ttft, 10) with { Seed = i }),
        ])[^1]);

    /// <summary>
    /// A share that is nine points higher, within the noise of three seeds, is not shown to be level: lower latencies with the lower share make nobody best, and nobody is
    /// behind. Where share and latencies agree, the latencies decide.
    /// </summary>
    [Theory]
    [InlineData(
        12.0,
        "At 60 req/s, over 3 seeds, it is too close to call between adaptive and fixed: 89.3% to 98.7% of the requests met their targets.",
        "At 60 req/s, fixed compared with adaptive: 9.4 ± 19.5 percentage points fewer, within the noise, TPOT p50 17% lower.")]
    [InlineData(
        9.0,
        "At 60 req/s, over 3 seeds, adaptive did best: 98.7% of the requests met their targets.",
        "At 60 req/s, clearly behind: fixed, 89.3% (TPOT p50 11% higher).")]
    public void Of_AHigherShareWithinTheNoise_IsNotBehindByItsLatencies(double tpotP50, params string[] sentences) => Assert.Equal(
        sentences,
        SimulationVerdict.Of(
        [
            .. new[] { 0.978, 0.885, 0.816 }.Select((share, i) => Run("fixed", share, 100, 10) with { Seed = i, TpotP50 = 10 }),
            .. new[] { 0.99, 0.987, 0.984 }.Select((share, i) => Run("adaptive", share, 100, 10) with { Seed = i, TpotP50 = tpotP50 }),
        ]));

    /// <summary>Latencies say nothing of requests without a first token: more of these, within the noise, are no reason to be best by latencies.</summary>
    [Fact]
    public void Of_LowerLatenciesWithMoreRefusalsWithinTheNoise_IsNotBest() => Assert.Equal(
        [
            "At 60 req/s, over 3 seeds, it is too close to call between slo and rr: 60.0% of the requests met their targets.",
            "At 60 req/s, rr compared with slo: 6.7 percentage points fewer requests without a first token, within the noise, TTFT p99 higher by a factor of 90.",
        ],
        SimulationVerdict.Of(
        [
            .. new[] { 0, 20, 180 }.Select((refused, i) => Run("slo", 0.6, 100, 10) with { Seed = i, Refused = refused, WithoutTtft = refused }),
            .. Enumerable.Range(0, 3).Select(i => Run("rr", 0.6, 9000, 10) with { Seed = i }),
        ]));

    /// <summary>Two seeds with equal results: without noise.</summary>
    private static IReadOnlyList<string> Twice(params RunSummary[] runs) => SimulationVerdict.Of([.. runs, .. runs.Select(static run => run with { Seed = 1 })]);

    private static RunSummary Run(string contestant, double attainment, double ttftP99, double tpotP99, double rate = 60) => new(
        contestant, rate, 1000, 0, 0, 0, attainment, 0, 0, ttftP99, 0, 0, 0, tpotP99, 0, 0, 0, 0, 1, 100, null);
}
