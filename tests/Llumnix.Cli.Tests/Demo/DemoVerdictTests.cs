using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoVerdictTests
{
    private const string AllCompleted = "100.0% of the requests completed (100.0% with round-robin)";

    private const string OfTheEnd = "the difference is in the requests cut off at the end, of which the noise is not known)";

    private const string Rest = " and end to end p99 are about the same.";

    [Theory]
    [InlineData(200, 20, "load-balance did better than round-robin: with load-balance, " + AllCompleted + "; TTFT p99 is 50% lower; TTFT p50, TPOT p50, TPOT p99, end to end p50" + Rest)]
    [InlineData(600, 30, "Round-robin did better than load-balance: with load-balance, " + AllCompleted + "; TTFT p99 is 50% higher, TPOT p99 is 50% higher; TTFT p50, TPOT p50, end to end p50" + Rest)]
    [InlineData(300, 22, "load-balance did better than round-robin in one respect and worse in another: with load-balance, " + AllCompleted + "; TTFT p99 is 25% lower, TPOT p99 is 10% higher; TTFT p50, TPOT p50, end to end p50" + Rest)]
    [InlineData(410, 19.5, "load-balance against round-robin is too close to call: with load-balance, " + AllCompleted + "; TTFT p50, TTFT p99, TPOT p50, TPOT p99, end to end p50" + Rest)]
    public void For_RunsAgainst400And20_SaysWhoDidBetter(double ttftP99, double tpotP99, string expected) =>
        Assert.Equal(expected, DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99, tpotP99), DemoSamples.Run())));

    /// <summary>Medians and the time from end to end count as the 99th percentiles do, with and without targets.</summary>
    [Theory]
    [InlineData(100.0, 2000.0, "TTFT p50 is 25% higher; ")]
    [InlineData(80.0, 3000.0, "end to end p50 is 50% higher; ")]
    public void For_HigherMedian_IsWorse(double ttftP50, double endToEndP50, string difference)
    {
        LoadResult policy = DemoSamples.Run() with
        {
            Attained = 950, Ttft = DemoSamples.Summary(1000, 120, ttftP50, 250, 400), EndToEnd = DemoSamples.Summary(1000, 2500, endToEndP50, 5000, 9000),
        };

        foreach (int? attained in new int?[] { null, 952 })
        {
            string sentence = DemoVerdict.For(DemoSamples.Compare(policy, DemoSamples.Run() with { Attained = attained }));
            Assert.StartsWith("Round-robin did better than load-balance: ", sentence);
            Assert.Contains(difference, sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void For_FasterOnlyBecauseRequestsFailed_IsWorse() =>
        Assert.Equal(
            "Round-robin did better than load-balance: with load-balance, "
            + "60.0% of the requests completed (100.0% with round-robin); TTFT p99 is 75% lower; TTFT p50, TPOT p50, TPOT p99, end to end p50" + Rest,
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99: 100, completed: 600, failed: 400), DemoSamples.Run())));

    [Fact]
    public void For_LatencyTargets_AreWhatDecides() =>
        Assert.Equal(
            "load-balance did better than round-robin: with load-balance, " + AllCompleted + ", 99.0% met their targets (90.0% with round-robin); "
            + "TTFT p99 is 125% higher, TPOT p99 is 100% higher; TTFT p50, TPOT p50, end to end p50" + Rest,
            DemoVerdict.For(DemoSamples.Compare(
                DemoSamples.Run(ttftP99: 900, tpotP99: 40) with { Attained = 990 }, DemoSamples.Run() with { Attained = 900 })));

    [Fact]
    public void For_LatencyIsHigherWithinItsTarget_SaysSo()
    {
        LoadResult policy = DemoSamples.Run() with { Attained = 990, Tpot = DemoSamples.Summary(1000, 30, 30, 35, 40) };
        LoadResult baseline = DemoSamples.Run() with { Attained = 900, Tpot = DemoSamples.Summary(1000, 20, 20, 25, 60) };
        DemoComparison comparison = DemoSamples.Compare(policy, baseline) with
        {
            Targets = new LatencyTargets(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50)),
        };

        string sentence = DemoVerdict.For(comparison);

        Assert.StartsWith("load-balance did better than round-robin: ", sentence);
        Assert.Contains("; TPOT p50 is 50% higher, within its target in both, TPOT p99 is 33% lower; ", sentence, StringComparison.Ordinal);
    }

    /// <summary>The same difference over the whole run, made by one part of it or by all.</summary>
    [Theory]
    [InlineData(new double[] { 80, 80, 80, 80, 80, 400 }, "load-balance against round-robin is too close to call: ", "; TTFT p50 differs within the noise; ")]
    [InlineData(new double[] { 60, 96, 95, 97, 96, 94 }, "Round-robin did better than load-balance: ", "; TTFT p50 is 20% higher; TTFT p99, ")]
    public void For_Difference_CountsWhereThePartsAgree(double[] medians, string verdict, string difference)
    {
        LoadResult policy = DemoSamples.Run() with { Ttft = DemoSamples.Summary(1000, 120, 96, 250, 400), Parts = [.. medians.Select(DemoSamples.Part)] };
        LoadResult baseline = DemoSamples.Run() with { Parts = [.. Enumerable.Repeat(80.0, 6).Select(DemoSamples.Part)] };

        string sentence = DemoVerdict.For(DemoSamples.Compare(policy, baseline));
        Assert.StartsWith(verdict, sentence);
        Assert.Contains(difference, sentence, StringComparison.Ordinal);
    }

    /// <summary>
    /// A share whose difference is within the noise is not shown to be level: latencies that say the opposite of it decide nothing, those that agree with it do.
    /// </summary>
    [Theory]
    [InlineData(200, "load-balance against round-robin is too close to call: ")]
    [InlineData(600, "Round-robin did better than load-balance: ")]
    public void For_LowerShareWithinTheNoise_IsNotBetterByItsLatencies(double ttftP99, string verdict)
    {
        int[] completed = [200, 200, 200, 200, 200, 50];
        LoadResult policy = DemoSamples.Run(ttftP99, completed: 950, failed: 50) with
        {
            Parts = [.. completed.Select(count => DemoSamples.Part(80) with { Completed = count, Ttft = DemoSamples.Summary(200, 80, 80, 250, ttftP99) })],
        };
        LoadResult baseline = DemoSamples.Run() with { Parts = [.. Enumerable.Repeat(80.0, 6).Select(DemoSamples.Part)] };

        string sentence = DemoVerdict.For(DemoSamples.Compare(policy, baseline));
        Assert.StartsWith(verdict, sentence);
        Assert.Contains("95.0% of the requests completed (100.0% with round-robin, within the noise)", sentence, StringComparison.Ordinal);
    }

    /// <summary>
    /// Requests that are cut off are those that came last, so that the parts of the run cannot agree on them: that tells nothing of the noise, and the sentence
    /// does not say so. It is no verdict either, but latencies that say the opposite are none with it.
    /// </summary>
    [Theory]
    [InlineData(26, 3, 0, 400, "load-balance against round-robin is too close to call: ", "97.4% of the requests completed (99.7% with round-robin; " + OfTheEnd)]
    [InlineData(3, 26, 0, 600, "load-balance against round-robin is too close to call: ", "99.7% of the requests completed (97.4% with round-robin; " + OfTheEnd)]
    [InlineData(3, 26, 0, 200, "load-balance did better than round-robin: ", "99.7% of the requests completed (97.4% with round-robin; " + OfTheEnd)]
    [InlineData(3, 2, 20, 400, "load-balance against round-robin is too close to call: ", "97.7% of the requests completed (99.8% with round-robin, within the noise)")]
    [InlineData(3, 9, 0, 400, "load-balance against round-robin is too close to call: ", "99.7% of the requests completed (99.1% with round-robin)")]
    public void For_RequestsCutOff_AreNotCalledNoise(int cutOff, int otherCutOff, int failed, double ttftP99, string verdict, string completed)
    {
        string sentence = DemoVerdict.For(DemoSamples.Compare(
            CutOffLast(DemoSamples.Run(ttftP99, completed: 1000 - cutOff - failed, failed: failed, cutOff: cutOff)),
            CutOffLast(DemoSamples.Run(completed: 1000 - otherCutOff, cutOff: otherCutOff))));
        Assert.StartsWith(verdict, sentence, StringComparison.Ordinal);
        Assert.Contains(completed, sentence, StringComparison.Ordinal);
    }

    /// <summary>In a fleet that does not keep up, many parts have requests that are cut off, and agree.</summary>
    [Fact]
    public void For_RequestsOfManyPartsCutOff_AreAVerdict()
    {
        LoadResult policy = DemoSamples.Run(completed: 600, cutOff: 400) with
        {
            Parts = [.. new[] { 200, 120, 110, 120, 110, 110 }.Select(static count => DemoSamples.Part(80) with { Completed = count })],
        };

        Assert.StartsWith(
            "Round-robin did better than load-balance: with load-balance, 60.0% of the requests completed (100.0% with round-robin); ",
            DemoVerdict.For(DemoSamples.Compare(policy, CutOffLast(DemoSamples.Run()))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void For_ManyRequestsWereSentLate_GivesNone() =>
        Assert.Equal(
            "No verdict: this machine was too busy to play the load, 10% of the requests were sent 30 ms late or later. "
            + "Try again with fewer other programs, or a lower --rate and for as many requests a longer --duration, or use llumnix simulate, whose clock is virtual.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run() with { Lateness = DemoSamples.Summary(1000, 1, 1, 30, 120) })));

    /// <summary>Something that held the machine up for a moment is noise, which the parts of the runs tell.</summary>
    [Fact]
    public void For_FewRequestsWereSentLate_IsAVerdictThatSaysSo()
    {
        string sentence = DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(ttftP99: 200), DemoSamples.Run() with { Lateness = DemoSamples.Summary(1000, 1, 1, 2, 120) }));
        Assert.StartsWith("load-balance did better than round-robin: ", sentence, StringComparison.Ordinal);
        Assert.EndsWith(" This machine was busy for moments: 1% of the requests were sent 120 ms late or later.", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void For_RequestsOfATraceWereSentLate_NamesItsSpeed() => Assert.Contains(
        ", or a lower --speed and for as many requests a longer --duration, or",
        DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run() with { Lateness = DemoSamples.Summary(1000, 1, 1, 30, 120) }) with { IsTrace = true }),
        StringComparison.Ordinal);

    /// <summary>66 first tokens in 10 s are 122 in 18.5 s; both runs take twice that.</summary>
    [Theory]
    [InlineData(66, 10, false, "give --duration 37 or more at this rate.")]
    [InlineData(66, 10, true, "give --duration 37 or more at this rate, and a trace with as many arrivals.")]
    [InlineData(99, 20, false, "give --duration 49 or more at this rate.")]
    [InlineData(66, 0, false, "give a longer --duration.")]
    [InlineData(0, 10, false, "give a longer --duration.")]
    public void For_TooFewRequests_SaysHowLongRunsMustBe(int firstTokens, int seconds, bool isTrace, string advice)
    {
        LoadResult run = DemoSamples.Run() with { Ttft = DemoSamples.Summary(firstTokens, 1, 1, 1, 1) };

        Assert.Equal(
            $"No verdict: a run with {firstTokens} first tokens is too short, 100 are needed: {advice}",
            DemoVerdict.For(DemoSamples.Compare(run, DemoSamples.Run()) with { RunDuration = TimeSpan.FromSeconds(seconds), IsTrace = isTrace }));
    }

    [Fact]
    public void For_RoundRobinCutShort_GivesNone() =>
        Assert.Equal(
            "No verdict: the runs are not of the same arrivals (1000 and 900 requests).",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run() with { Sent = 900 })));

    [Fact]
    public void For_NoTpot_SaysThatItCannotBeCompared() =>
        Assert.Equal(
"load-balance against round-robin is too close to call: with load-balance, " + AllCompleted + "; TTFT p50, TTFT p99, end to end p50 and end to end p99 are about the same; TPOT p50 and TPOT p99 cannot be compared.",
            DemoVerdict.For(DemoSamples.Compare(DemoSamples.Run() with { Tpot = LatencySummary.None }, DemoSamples.Run())));

    /// <summary>A run in whose last part all that did not complete are.</summary>
    private static LoadResult CutOffLast(LoadResult run) => run with
    {
        Parts = [.. Enumerable.Range(0, 6).Select(part => DemoSamples.Part(80) with { Completed = part == 5 ? 200 - run.CutOff - run.Failed : 200, Ttft = DemoSamples.Summary(200, 80, 80, 250, run.Ttft.P99.TotalMilliseconds) })],
    };
}
