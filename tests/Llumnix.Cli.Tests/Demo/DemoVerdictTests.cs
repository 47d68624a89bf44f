using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoVerdictTests
{
    private const string AllCompleted = "100.0% of the requests completed (100.0% with round-robin)";

    [Theory]
    [InlineData(200, 20, "load-balance did better than round-robin: with load-balance, " + AllCompleted + ", TTFT p99 is 50% lower, TPOT p99 is about the same.")]
    [InlineData(600, 30, "Round-robin did better than load-balance: with load-balance, " + AllCompleted + ", TTFT p99 is 50% higher, TPOT p99 is 50% higher.")]
    [InlineData(300, 22, "load-balance did better than round-robin in one respect and worse in another: with load-balance, " + AllCompleted + ", TTFT p99 is 25% lower, TPOT p99 is 10% higher.")]
    [InlineData(410, 19.5, "load-balance and round-robin did equally well: with load-balance, " + AllCompleted + ", TTFT p99 is about the same, TPOT p99 is about the same.")]
    public void For_RunsAgainst400And20_SaysWhoDidBetter(double ttftP99, double tpotP99, string expected) =>
        Assert.Equal(expected, DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99, tpotP99), DemoSamples.Run())));

    [Fact]
    public void For_FasterOnlyBecauseRequestsFailed_IsNotSimplyBetter() =>
        Assert.Equal(
            "load-balance did better than round-robin in one respect and worse in another: with load-balance, "
            + "60.0% of the requests completed (100.0% with round-robin), TTFT p99 is 75% lower, TPOT p99 is about the same.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99: 100, completed: 600, failed: 400), DemoSamples.Run())));

    [Fact]
    public void For_LatencyTargets_AreWhatCounts() =>
        Assert.Equal(
            "load-balance did better than round-robin: with load-balance, " + AllCompleted + ", 99.0% met their targets (90.0% with round-robin).",
            DemoVerdict.For(DemoSamples.Compare(
                DemoSamples.Run(ttftP99: 900, tpotP99: 40) with { Attained = 990 }, DemoSamples.Run() with { Attained = 900 })));

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
            "load-balance and round-robin did equally well: with load-balance, " + AllCompleted + ", TTFT p99 is about the same, TPOT p99 cannot be compared.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run() with { Tpot = LatencySummary.None }, DemoSamples.Run())));
}
