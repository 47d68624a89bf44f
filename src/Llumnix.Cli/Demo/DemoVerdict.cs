using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>
/// Says in one sentence which of two runs did better. It compares the share of requests that completed, and the medians and 99th percentiles of TTFT and TPOT;
/// with latency targets the share that met them, and the medians where one is above its target. A difference counts when it is at least 5 percent
/// (1 percentage point of a share) and above the noise (<see cref="DemoNoise"/>). There is no verdict where the machine was too busy to play the load.
/// </summary>
internal static class DemoVerdict
{
    private const int FewestRequests = 100;
    private const double LatencyTolerance = 0.05;
    private const double ShareTolerance = 0.01;

    /// <summary>Requests that leave later than this are more than the granularity of timers and threads.</summary>
    private static readonly TimeSpan LongestLateness = TimeSpan.FromMilliseconds(25);

    /// <summary>Makes the sentence.</summary>
    internal static string For(DemoComparison comparison)
    {
        (string name, string other, LoadResult policy) = (comparison.PolicyName, comparison.BaselineName, comparison.Policy.Load);
        if (comparison.Baseline?.Load is not { } baseline)
        {
            return $"No verdict: {other} was not run.";
        }

        if (policy.Sent != baseline.Sent)
        {
            return $"No verdict: the runs are not of the same arrivals ({policy.Sent} and {baseline.Sent} requests).";
        }

        long fewest = Math.Min(policy.Ttft.Count, baseline.Ttft.Count);
        TimeSpan lateness = policy.Lateness.P99 > baseline.Lateness.P99 ? policy.Lateness.P99 : baseline.Lateness.P99;
        return fewest < FewestRequests ? $"No verdict: a run with {fewest} first tokens is too short, {FewestRequests} are needed."
            : lateness > LongestLateness
                ? $"No verdict: this machine was too busy to play the load, 1% of the requests were sent {lateness.TotalMilliseconds:0} ms late or later. A lower --rate helps, or fewer other programs."
            : Sentence(name, other, Differences(policy, baseline, comparison));
    }

    private static (int Sign, string Text)[] Differences(LoadResult policy, LoadResult baseline, DemoComparison comparison)
    {
        string other = comparison.BaselineName;
        (int, string) completed = Share(
            "of the requests completed",
            (double)policy.Completed / policy.Sent,
            (double)baseline.Completed / baseline.Sent,
            DemoNoise.IsClear(policy, baseline, static part => (double)part.Completed / part.Sent),
            other);
        return policy.Attainment is { } mine && baseline.Attainment is { } others
            ?
            [
                completed,
                Share("met their targets", mine, others, DemoNoise.IsClear(policy, baseline, static part => (double)part.Attained / part.Sent), other),
                Latency("TTFT p50", policy, baseline, static r => r.Ttft, static p => p.Ttft, static s => s.P50, comparison.Targets?.Ttft),
                Latency("TPOT p50", policy, baseline, static r => r.Tpot, static p => p.Tpot, static s => s.P50, comparison.Targets?.Tpot),
            ]
            :
            [
                completed,
                Latency("TTFT p50", policy, baseline, static r => r.Ttft, static p => p.Ttft, static s => s.P50),
                Latency("TTFT p99", policy, baseline, static r => r.Ttft, static p => p.Ttft, static s => s.P99),
                Latency("TPOT p50", policy, baseline, static r => r.Tpot, static p => p.Tpot, static s => s.P50),
                Latency("TPOT p99", policy, baseline, static r => r.Tpot, static p => p.Tpot, static s => s.P99),
            ];
    }

    private static string Sentence(string name, string other, (int Sign, string Text)[] differences)
    {
        bool isBetter = differences.Any(difference => difference.Sign > 0);
        bool isWorse = differences.Any(difference => difference.Sign < 0);
        string verdict = (isBetter, isWorse) switch
        {
            (true, false) => $"{name} did better than {other}",
            (false, true) => $"{char.ToUpperInvariant(other[0])}{other[1..]} did better than {name}",
            (true, true) => $"{name} did better than {other} in one respect and worse in another",
            _ => $"{name} against {other} is too close to call",
        };
        return $"{verdict}: with {name}, {string.Join(", ", differences.Select(difference => difference.Text))}.";
    }

    private static (int Sign, string Text) Share(string label, double mine, double other, bool? isClear, string otherName)
    {
        bool isLevel = Math.Abs(mine - other) < ShareTolerance;
        string noise = !isLevel && isClear == false ? ", within the noise" : "";
        return (
            isLevel || isClear == false ? 0 : Math.Sign(mine - other),
            $"{DemoText.OneDecimal(mine * 100)}% {label} ({DemoText.OneDecimal(other * 100)}% with {otherName}{noise})");
    }

    /// <summary>Compares a latency; lower is better, except where both are within the target.</summary>
    private static (int Sign, string Text) Latency(
        string label,
        LoadResult policy,
        LoadResult baseline,
        Func<LoadResult, LatencySummary> ofRun,
        Func<LoadPart, LatencySummary> ofPart,
        Func<LatencySummary, TimeSpan> value,
        TimeSpan? target = null)
    {
        (LatencySummary mine, LatencySummary other) = (ofRun(policy), ofRun(baseline));
        if (mine.Count == 0 || other.Count == 0 || value(other) == TimeSpan.Zero)
        {
            return (0, $"{label} cannot be compared");
        }

        double change = (value(mine) / value(other)) - 1;
        if (Math.Abs(change) < LatencyTolerance)
        {
            return (0, $"{label} is about the same");
        }

        string text = $"{label} is {DemoText.Percent(Math.Abs(change))} {(change < 0 ? "lower" : "higher")}";
        bool isNoise = DemoNoise.IsClear(policy, baseline, part => DemoNoise.Scale(ofPart(part), value)) == false;
        bool isWithin = value(mine) <= target && value(other) <= target;
        return isNoise ? (0, $"{text}, within the noise")
            : isWithin ? (0, $"{text}, within its target in both")
            : (-Math.Sign(change), text);
    }
}
