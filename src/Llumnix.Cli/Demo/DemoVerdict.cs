using System.Globalization;
using Llumnix.Simulation.Comparisons;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>
/// Says in one sentence which of two runs did better, by the rule of <see cref="ComparisonRule"/>. The share of requests that completed and, with latency targets, the
/// share that met them decide; else the medians and 99th percentiles of TTFT, TPOT and the time from end to end. What is noise, <see cref="DemoNoise"/>
/// tells. There is no verdict where the machine was too busy to play the load; of a moment in which it was, the parts that the noise is known from tell, and a sentence says so.
/// </summary>
internal static class DemoVerdict
{
    private const int FewestRequests = 100;

    /// <summary>Twice the standard deviation of 100 arrivals of a Poisson process.</summary>
    private const double Margin = 1.2;

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
        return fewest < FewestRequests ? $"No verdict: a run with {fewest} first tokens is too short, {FewestRequests} are needed: {LongerRun(comparison, fewest)}."
            : Late(policy, baseline, static lateness => lateness.P90) is { } often
                ? $"No verdict: this machine was too busy to play the load, 10% of the requests were sent {often} ms late or later. "
                    + $"Try again with fewer other programs, or a lower {(comparison.IsTrace ? "--speed" : "--rate")} and for as many requests a longer --duration, or use llumnix simulate, whose clock is virtual."
            : Sentence(name, other, comparison, policy, baseline)
                + (Late(policy, baseline, static lateness => lateness.P99) is { } rare ? $" This machine was busy for moments: 1% of the requests were sent {rare} ms late or later." : "");
    }

    /// <summary>What makes runs long enough: a <c>--duration</c> at which some more requests than needed arrive, since how many do is random.</summary>
    private static string LongerRun(DemoComparison comparison, long firstTokens)
    {
        if (comparison.RunDuration <= TimeSpan.Zero || firstTokens == 0)
        {
            return "give a longer --duration";
        }

        double seconds = Math.Ceiling(2 * comparison.RunDuration.TotalSeconds * Margin * FewestRequests / firstTokens);
        return string.Create(CultureInfo.InvariantCulture, $"give --duration {seconds:0} or more at this rate{(comparison.IsTrace ? ", and a trace with as many arrivals" : "")}");
    }

    /// <summary>By how many milliseconds requests were sent late in the worse run, where that is more than it must be; else null.</summary>
    private static string? Late(LoadResult policy, LoadResult baseline, Func<LatencySummary, TimeSpan> percentile)
    {
        TimeSpan lateness = Max(percentile(policy.Lateness), percentile(baseline.Lateness));
        return lateness > LongestLateness ? lateness.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) : null;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static string Sentence(string name, string other, DemoComparison comparison, LoadResult policy, LoadResult baseline)
    {
        DemoShare[] shares = Shares(policy, baseline);
        DemoLatencyChange[] latencies = [.. DemoLatency.All.Select(latency => latency.Compare(policy, baseline, comparison.Targets))];
        ILookup<bool, int> signs = latencies.ToLookup(static change => change.IsWhole, static change => change.Sign);
        string verdict = ComparisonRule.Of(
            [.. shares.Select(static share => share.Sign)], [.. shares.Select(static share => share.SignWithinNoise)], [.. signs[false]], [.. signs[true]]) switch
        {
            ComparisonOutcome.Better => $"{name} did better than {other}",
            ComparisonOutcome.Worse => $"{char.ToUpperInvariant(other[0])}{other[1..]} did better than {name}",
            ComparisonOutcome.Mixed => $"{name} did better than {other} in one respect and worse in another",
            _ => $"{name} against {other} is too close to call",
        };
        return $"{verdict}: with {name}, {string.Join(", ", shares.Select(share => share.Describe(other)))}; {DemoLatencyChange.Describe(latencies)}.";
    }

    private static DemoShare[] Shares(LoadResult policy, LoadResult baseline)
    {
        DemoShare completed = new(
            "of the requests completed",
            (double)policy.Completed / policy.Sent,
            (double)baseline.Completed / baseline.Sent,
            DemoNoise.IsClear(policy, baseline, static part => (double)part.Completed / part.Sent))
        {
            IsCutOff = Math.Abs(policy.CutOff - baseline.CutOff) > Math.Abs(policy.Failed - baseline.Failed),
        };
        return policy.Attainment is { } mine && baseline.Attainment is { } others
            ? [completed, new DemoShare("met their targets", mine, others, DemoNoise.IsAttainedClear(policy, baseline))]
            : [completed];
    }
}
