using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

/// <summary>Made-up runs.</summary>
internal static class DemoSamples
{
    private static readonly int[] EvenEnough = [250, 300, 200, 250];

    /// <summary>A thousand requests in 100 s, all completed unless told otherwise.</summary>
    public static LoadResult Run(double ttftP99 = 400, double tpotP99 = 20, int completed = 1000, int failed = 0, int cutOff = 0) => new()
    {
        Elapsed = TimeSpan.FromSeconds(100),
        Sent = 1000,
        Completed = completed,
        Failures = failed == 0 ? [] : new Dictionary<FailureKind, int> { [FailureKind.Timeout] = 1, [FailureKind.QueueFull] = failed - 1 },
        CutOff = cutOff,
        CutOffBeforeFirstToken = cutOff / 2,
        OutputTokens = 211_000,
        Ttft = Summary(1000, 120, 80, 250, ttftP99),
        Tpot = Summary(1000, 11.25, 10, 15, tpotP99),
        EndToEnd = Summary(1000, 2500, 2000, 5000, 9000),
    };

    public static DemoComparison Compare(LoadResult policy, LoadResult? roundRobin) =>
        new("load-balance", new DemoRun(policy, EvenEnough), roundRobin is null ? null : new DemoRun(roundRobin, EvenEnough));

    /// <summary>A fifth of the requests, with a median of TTFT.</summary>
    public static LoadPart Part(double ttftP50) => new(200, 200, 200, Summary(200, ttftP50, ttftP50, 250, 400), Summary(200, 11, 10, 15, 20), Summary(200, 2500, 2000, 5000, 9000));

    public static LatencySummary Summary(long count, params double[] milliseconds)
    {
        TimeSpan[] times = [.. milliseconds.Select(TimeSpan.FromMilliseconds)];
        return new(count, times[0], times[1], times[2], times[3]);
    }

    public static DemoFrame Frame() => new(
        "load-balance (1 of 2)",
        TimeSpan.FromSeconds(60),
        new(TimeSpan.FromSeconds(15.4), 82, 7, 1, 5.26, Summary(40, 90, 80.25, 150, 210.5), LatencySummary.None),
        [
            new("engine-1", "neutral", 3, 0, 0.127, 1, "ok") { Address = "127.0.0.1:9001" },
            new("engine-2", "neutral", 12, 4, 0.98, 0, "stale") { Address = "[::1]:9002" },
        ]);
}
