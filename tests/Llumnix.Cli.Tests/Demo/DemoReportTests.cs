using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoReportTests
{
    [Fact]
    public void Format_TwoRuns_PutsThemSideBySide() =>
        Assert.Equal(
            """
                                    load-balance   round-robin       +/-
            requests                        1000          1000
            failed                             0            11
            cut off                            0             9
            requests/s                      10.0           9.8       +2%
            output tokens/s               2110.0        2110.0        0%
            TTFT mean (ms)                 120.0         120.0        0%
            TTFT p50 (ms)                   80.0          80.0        0%
            TTFT p90 (ms)                  250.0         250.0        0%
            TTFT p99 (ms)                  400.0         800.0      -50%
            TPOT mean (ms)                  11.3          11.3        0%
            TPOT p50 (ms)                   10.0          10.0        0%
            TPOT p99 (ms)                   20.0          20.0        0%
            end to end p50 (ms)           2000.0        2000.0        0%
            end to end p99 (ms)           9000.0        9000.0        0%
            imbalance                       1.20          1.20
            round-robin: failed: queue full (429) 10, timeout 1
            round-robin: 4 cut off before a first token count in TTFT with their age, a lower bound

            cut off: still open 10 s after the last arrival; imbalance: requests of the busiest engine / mean of all engines
            TTFT: of all requests with a first token, failed and cut off ones too; TPOT and end to end: of completed requests only
            +/-: compared with round-robin; ~: within the noise, which is not known of rates

            load-balance did better than round-robin: with load-balance, 100.0% of the requests completed (98.0% with round-robin); TTFT p99 is 50% lower; TTFT p50, TPOT p50, TPOT p99, end to end p50 and end to end p99 are about the same.

            """,
            DemoReport.Format(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run(ttftP99: 800, completed: 980, failed: 11, cutOff: 9))));

    [Fact]
    public void Format_ChangeWithinTheNoise_IsMarked()
    {
        LoadResult policy = DemoSamples.Run() with
        {
            Ttft = DemoSamples.Summary(1000, 120, 96, 250, 400),
            Parts = [.. new double[] { 80, 80, 80, 80, 80, 400 }.Select(DemoSamples.Part)],
        };
        LoadResult baseline = DemoSamples.Run() with { Parts = [.. Enumerable.Repeat(80.0, 6).Select(DemoSamples.Part)] };

        Assert.Contains(
            "TTFT p50 (ms)                   96.0          80.0    +20% ~\n", DemoReport.Format(DemoSamples.Compare(policy, baseline)), StringComparison.Ordinal);
    }

    /// <summary>The same 10 points over the whole run, made by one part of it or by all.</summary>
    [Theory]
    [InlineData(new[] { 180, 180, 180, 180, 180, 60 }, " -10.0 ~\n", ", within the noise)")]
    [InlineData(new[] { 160, 161, 160, 159, 160, 160 }, "   -10.0\n", " with round-robin);")]
    public void Format_ShareWithinTheNoise_IsMarkedAsInTheVerdict(int[] attained, string change, string verdict)
    {
        LoadResult policy = DemoSamples.Run() with { Attained = 800, Parts = [.. attained.Select(static met => DemoSamples.Part(80) with { Attained = met })] };
        LoadResult baseline = DemoSamples.Run() with { Attained = 900, Parts = [.. Enumerable.Repeat(DemoSamples.Part(80) with { Attained = 180 }, 6)] };

        string report = DemoReport.Format(DemoSamples.Compare(policy, baseline));
        Assert.Contains("targets met (%)                 80.0          90.0  " + change, report, StringComparison.Ordinal);
        Assert.Contains("80.0% met their targets (90.0%", report, StringComparison.Ordinal);
        Assert.Contains(verdict, report, StringComparison.Ordinal);
    }

    /// <summary>No difference is no noise either, and that of the prefix hit is not known.</summary>
    [Fact]
    public void Format_ShareWithoutDifferenceOrParts_IsNotMarked()
    {
        LoadResult run = DemoSamples.Run() with { Attained = 900, Parts = [.. Enumerable.Repeat(DemoSamples.Part(80) with { Attained = 180 }, 6)] };
        DemoComparison comparison = DemoSamples.Compare(run, run);

        string report = DemoReport.Format(comparison with { Policy = comparison.Policy with { Hits = 0.5 }, Baseline = comparison.Baseline! with { Hits = 0.4 } });
        Assert.Contains("targets met (%)                 90.0          90.0       0.0\n", report, StringComparison.Ordinal);
        Assert.Contains("prefix hit (% of tokens)        50.0          40.0     +10.0\n", report, StringComparison.Ordinal);
        Assert.Contains("; ~: within the noise, which is not known of rates and the prefix hit\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_Targets_AreTold() => Assert.Contains(
        "\ntargets: a first token within 1000 ms, further ones within 40 ms each on average\n",
        DemoReport.Format(DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run()) with
        {
            Targets = new LatencyTargets(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(40)),
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Format_OneRunOnly_HasOneColumn()
    {
        string report = DemoReport.Format(DemoSamples.Compare(DemoSamples.Run(), roundRobin: null));

        Assert.StartsWith("                        load-balance\nrequests                        1000\nfailed                             0\n", report);
        Assert.EndsWith("\n\nNo verdict: round-robin was not run.\n", report);
    }

    [Fact]
    public void Format_NothingSent_ShowsDashes()
    {
        LoadNothing(out DemoComparison comparison);

        Assert.Contains("TTFT p99 (ms)                      -             -\n", DemoReport.Format(comparison));
    }

    [Fact]
    public void Imbalance_EngineWithoutRequests_CountsInTheMean()
    {
        Assert.Equal(4 / 3.0, new DemoRun(DemoSamples.Run(), [4, 2]).Imbalance, precision: 9);
        Assert.Equal(4 / 2.0, new DemoRun(DemoSamples.Run(), [4, 2, 0]).Imbalance, precision: 9);
        Assert.Equal(0, new DemoRun(DemoSamples.Run(), []).Imbalance);
    }

    /// <summary>An engine that crashed took requests for a part of the run only: with it the others would look uneven, which they are not.</summary>
    [Fact]
    public void Imbalance_CrashedEngine_IsLeftOut()
    {
        Assert.Equal(1, new DemoRun(DemoSamples.Run(), [50, 200, 200, 200]) { Crashed = 0 }.Imbalance);
        Assert.Equal(0, new DemoRun(DemoSamples.Run(), [50]) { Crashed = 0 }.Imbalance);
    }

    /// <summary>What the imbalance means is told as it is in this demo, in the report and on the page alike.</summary>
    [Theory]
    [InlineData(false, false, "imbalance: requests of the busiest engine / mean of all engines\n")]
    [InlineData(true, false, "imbalance: requests of the busiest engine / mean of all engines, above 1 by intention where some are faster\n")]
    [InlineData(false, true, "imbalance: requests of the busiest engine / mean of all engines without the crashed one, which took requests for a part of the run only\n")]
    [InlineData(true, true, "imbalance: requests of the busiest engine / mean of all engines without the crashed one, which took requests for a part of the run only, above 1 by intention where some are faster\n")]
    public void Format_Imbalance_SaysWhichEnginesItIsOf(bool hasSlowEngine, bool hasCrashed, string meaning)
    {
        DemoComparison comparison = DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run()) with { HasSlowEngine = hasSlowEngine };
        comparison = comparison with { Baseline = comparison.Baseline! with { Crashed = hasCrashed ? 0 : null } };

        Assert.Contains(meaning, DemoReport.Format(comparison), StringComparison.Ordinal);
        Assert.EndsWith(Assert.Single(DemoGlossary.All(comparison), static word => word.Term == "imbalance").Meaning + "\n", "imbalance: " + meaning, StringComparison.Ordinal);
    }

    private static void LoadNothing(out DemoComparison comparison)
    {
        var nothing = new Llumnix.Cli.Load.LoadStatistics(TimeProvider.System);
        comparison = DemoSamples.Compare(nothing.ToResult(), nothing.ToResult());
    }
}
