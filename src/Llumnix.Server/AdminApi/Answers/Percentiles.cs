namespace Llumnix.Server.AdminApi.Answers;

/// <summary>Percentiles of durations in milliseconds.</summary>
/// <param name="Count">How many durations there are.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
public sealed record Percentiles(long Count, double P50, double P90, double P99);
