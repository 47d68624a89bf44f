using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>
/// Says in one sentence which of two runs did better. It compares the share of requests that completed and the 99th percentiles of TTFT and TPOT or,
/// with latency targets, the share that met them instead of the percentiles. A difference below 5 percent (1 percentage point for completion) counts
/// as none, so that noise does not decide.
/// </summary>
internal static class DemoVerdict
{
    private const int FewestRequests = 100;
    private const double LatencyTolerance = 0.05;
    private const double CompletionTolerance = 0.01;

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
        return fewest < FewestRequests
            ? $"No verdict: a run with {fewest} first tokens is too short, {FewestRequests} are needed."
            : Sentence(name, other, Differences(policy, baseline, other));
    }

    private static (int Sign, string Text)[] Differences(LoadResult policy, LoadResult baseline, string other) =>
        policy.Attainment is { } mine && baseline.Attainment is { } others
            ? [Completion(policy, baseline, other), Share("met their targets", mine, others, other)]
            :
            [
                Completion(policy, baseline, other),
                Latency("TTFT p99", policy.Ttft, baseline.Ttft),
                Latency("TPOT p99", policy.Tpot, baseline.Tpot),
            ];

    private static string Sentence(string name, string other, (int Sign, string Text)[] differences)
    {
        bool isBetter = differences.Any(difference => difference.Sign > 0);
        bool isWorse = differences.Any(difference => difference.Sign < 0);
        string verdict = (isBetter, isWorse) switch
        {
            (true, false) => $"{name} did better than {other}",
            (false, true) => $"{char.ToUpperInvariant(other[0])}{other[1..]} did better than {name}",
            (true, true) => $"{name} did better than {other} in one respect and worse in another",
            _ => $"{name} and {other} did equally well",
        };
        return $"{verdict}: with {name}, {string.Join(", ", differences.Select(difference => difference.Text))}.";
    }

    private static (int Sign, string Text) Completion(LoadResult policy, LoadResult baseline, string otherName) =>
        Share("of the requests completed", (double)policy.Completed / policy.Sent, (double)baseline.Completed / baseline.Sent, otherName);

    private static (int Sign, string Text) Share(string label, double mine, double other, string otherName)
    {
        int sign = Math.Abs(mine - other) < CompletionTolerance ? 0 : Math.Sign(mine - other);
        return (sign, $"{DemoText.OneDecimal(mine * 100)}% {label} ({DemoText.OneDecimal(other * 100)}% with {otherName})");
    }

    /// <summary>Compares a latency; lower is better.</summary>
    private static (int Sign, string Text) Latency(string label, LatencySummary policy, LatencySummary baseline)
    {
        if (policy.Count == 0 || baseline.Count == 0 || baseline.P99 == TimeSpan.Zero)
        {
            return (0, $"{label} cannot be compared");
        }

        double change = (policy.P99 / baseline.P99) - 1;
        return Math.Abs(change) < LatencyTolerance
            ? (0, $"{label} is about the same")
            : (-Math.Sign(change), $"{label} is {DemoText.Percent(Math.Abs(change))} {(change < 0 ? "lower" : "higher")}");
    }
}
