using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>A latency by which two runs are compared.</summary>
/// <param name="Label">Its name.</param>
/// <param name="OfRun">The latencies of a run.</param>
/// <param name="OfPart">The latencies of a part of a run.</param>
/// <param name="Value">Its percentile.</param>
/// <param name="Target">Its target, where there are any.</param>
internal sealed record DemoLatency(
    string Label,
    Func<LoadResult, LatencySummary> OfRun,
    Func<LoadPart, LatencySummary> OfPart,
    Func<LatencySummary, TimeSpan> Value,
    Func<LatencyTargets, TimeSpan?> Target)
{
    /// <summary>Medians and 99th percentiles of TTFT, TPOT and the time from end to end.</summary>
    internal static IReadOnlyList<DemoLatency> All { get; } =
    [
        .. OfKind("TTFT", static run => run.Ttft, static part => part.Ttft, static targets => targets.Ttft),
        .. OfKind("TPOT", static run => run.Tpot, static part => part.Tpot, static targets => targets.Tpot),
        .. OfKind("end to end", static run => run.EndToEnd, static part => part.EndToEnd, static _ => null).Select(static latency => latency with { IsWhole = true }),
    ];

    /// <summary>Whether it is the time from end to end, of which the others are parts.</summary>
    internal bool IsWhole { get; init; }

    /// <summary>Compares the latency of a run with that of another one; lower is better.</summary>
    internal DemoLatencyChange Compare(LoadResult policy, LoadResult baseline, LatencyTargets? targets)
    {
        (LatencySummary mine, LatencySummary other) = (OfRun(policy), OfRun(baseline));
        if (mine.Count == 0 || other.Count == 0 || Value(other) == TimeSpan.Zero)
        {
            return new DemoLatencyChange(Label, double.NaN) { IsWhole = IsWhole };
        }

        TimeSpan? target = targets is null ? null : Target(targets);
        return new DemoLatencyChange(Label, (Value(mine) / Value(other)) - 1)
        {
            IsWhole = IsWhole,
            IsNoise = DemoNoise.IsClear(policy, baseline, part => DemoNoise.Scale(OfPart(part), Value)) == false,
            IsWithinTarget = Value(mine) <= target && Value(other) <= target,
        };
    }

    private static DemoLatency[] OfKind(
        string kind, Func<LoadResult, LatencySummary> ofRun, Func<LoadPart, LatencySummary> ofPart, Func<LatencyTargets, TimeSpan?> target) =>
        [new($"{kind} p50", ofRun, ofPart, static s => s.P50, target), new($"{kind} p99", ofRun, ofPart, static s => s.P99, target)];
}
