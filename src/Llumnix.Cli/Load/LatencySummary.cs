namespace Llumnix.Cli.Load;

/// <summary>A summary of latencies; all values are zero when there are none.</summary>
/// <param name="Count">Number of latencies.</param>
/// <param name="Mean">Arithmetic mean, exact.</param>
/// <param name="P50">Median. The percentiles are nearest-rank, within 0.5 percent.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
internal sealed record LatencySummary(long Count, TimeSpan Mean, TimeSpan P50, TimeSpan P90, TimeSpan P99)
{
    /// <summary>No latencies.</summary>
    public static LatencySummary None { get; } = new(0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
}
