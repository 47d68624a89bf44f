using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoVerdictTests
{
    private const string AllCompleted = "100.0% of the requests completed (100.0% with round-robin)";

    [Theory]
    [InlineData(200, 20, "load-balance did better than round-robin: with load-balance, " + AllCompleted + ", TTFT p50 is about the same, TTFT p99 is 50% lower, TPOT p50 is about the same, TPOT p99 is about the same.")]
    [InlineData(600, 30, "Round-robin did better than load-balance: with load-balance, " + AllCompleted + ", TTFT p50 is about the same, TTFT p99 is 50% higher, TPOT p50 is about the same, TPOT p99 is 50% higher.")]
    [InlineData(300, 22, "load-balance did better than round-robin in one respect and worse in another: with load-balance, " + AllCompleted + ", TTFT p50 is about the same, TTFT p99 is 25% lower, TPOT p50 is about the same, TPOT p99 is 10% higher.")]
    [InlineData(410, 19.5, "load-balance against round-robin is too close to call: with load-balance, " + AllCompleted + ", TTFT p50 is about the same, TTFT p99 is about the same, TPOT p50 is about the same, TPOT p99 is about the same.")]
    public void For_RunsAgainst400And20_SaysWhoDidBetter(double ttftP99, double tpotP99, string expected) =>
        Assert.Equal(expected, DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99, tpotP99), DemoSamples.Run())));

    [Fact]
    public void For_FasterOnlyBecauseRequestsFailed_IsNotSimplyBetter() =>
        Assert.Equal(
            "load-balance did better than round-robin in one respect and worse in another: with load-balance, "
            + "60.0% of the requests completed (100.0% with round-robin), TTFT p50 is about the same, TTFT p99 is 75% lower, TPOT p50 is about the same, TPOT p99 is about the same.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99: 100, completed: 600, failed: 400), DemoSamples.Run())));

    [Fact]
    public void For_LatencyTargets_AreWhatCounts() =>
        Assert.Equal(
            "load-balance did better than round-robin: with load-balance, " + AllCompleted + ", 99.0% met their targets (90.0% with round-robin), TTFT p50 is about the same, TPOT p50 is about the same.",
            DemoVerdict.For(DemoSamples.Compare(
                DemoSamples.Run(ttftP99: 900, tpotP99: 40) with { Attained = 990 }, DemoSamples.Run() with { Attained = 900 })));

    [Fact]
    public void For_MedianIsHigherWithinItsTarget_DoesNotCount()
    {
        LoadResult policy = DemoSamples.Run() with { Attained = 990, Tpot = DemoSamples.Summary(1000, 30, 30, 35, 40) };
        LoadResult baseline = DemoSamples.Run() with { Attained = 900, Tpot = DemoSamples.Summary(1000, 20, 20, 25, 60) };

        DemoComparison within = DemoSamples.Compare(policy, baseline) with { Targets = Targets(tpot: 50) };
        Assert.StartsWith("load-balance did better than round-robin: ", DemoVerdict.For(within));
        Assert.EndsWith("TPOT p50 is 50% higher, within its target in both.", DemoVerdict.For(within));
        Assert.StartsWith(
            "load-balance did better than round-robin in one respect and worse in another: ", DemoVerdict.For(within with { Targets = Targets(tpot: 25) }));

        static LatencyTargets Targets(double tpot) => new(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(tpot));
    }

    /// <summary>The same difference over the whole run, made by one part of it or by all.</summary>
    [Theory]
    [InlineData(new double[] { 80, 80, 80, 80, 80, 400 }, "load-balance against round-robin is too close to call: ", "TTFT p50 is 20% higher, within the noise")]
    [InlineData(new double[] { 60, 96, 95, 97, 96, 94 }, "Round-robin did better than load-balance: ", "TTFT p50 is 20% higher, TTFT")]
    public void For_Difference_CountsWhereThePartsAgree(double[] medians, string verdict, string difference)
    {
        LoadResult policy = DemoSamples.Run() with { Ttft = DemoSamples.Summary(1000, 120, 96, 250, 400), Parts = [.. medians.Select(DemoSamples.Part)] };
        LoadResult baseline = DemoSamples.Run() with { Parts = [.. Enumerable.Repeat(80.0, 6).Select(DemoSamples.Part)] };

        string sentence = DemoVerdict.For(DemoSamples.Compare(policy, baseline));
        Assert.StartsWith(verdict, sentence);
        Assert.Contains(difference, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void For_RequestsWereSentLate_GivesNone() =>
        Assert.Equal(
            "No verdict: this machine was too busy to play the load, 1% of the requests were sent 120 ms late or later. A lower --rate helps, or fewer other programs.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run() with { Lateness = DemoSamples.Summary(1000, 1, 1, 2, 120) })));

    [Fact]
    public void For_TooFewRequests_GivesNone()
    {
        LoadResult run = DemoSamples.Run() with { Ttft = DemoSamples.Summary(99, 1, 1, 1, 1) };

        Assert.Equal(
            "No verdict: a run with 99 first tokens is too short, 100 are needed.",
            DemoVerdict.For(DemoSamples.Compare(run, DemoSamples.Run())));
    }

    [Fact]
    public void For_RoundRobinCutShort_GivesNone() =>
        Assert.Equal(
            "No verdict: the runs are not of the same arrivals (1000 and 900 requests).",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run() with { Sent = 900 })));

    [Fact]
    public void For_NoTpot_SaysThatItCannotBeCompared() =>
        Assert.Equal(
            "load-balance against round-robin is too close to call: with load-balance, " + AllCompleted + ", TTFT p50 is about the same, TTFT p99 is about the same, TPOT p50 cannot be compared, TPOT p99 cannot be compared.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run() with { Tpot = LatencySummary.None }, DemoSamples.Run())));
}
