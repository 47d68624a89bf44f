namespace Llumnix.Cli.Reports;

/// <summary>A distribution of latencies by its quantiles at <see cref="Quantiles"/>.</summary>
/// <param name="Values">Milliseconds at each quantile, not falling; empty without latencies.</param>
/// <param name="Share">Share of all requests that have this latency, 0 to 1.</param>
internal sealed record LatencyDistribution(IReadOnlyList<double> Values, double Share)
{
    private const int Steps = 200;

    /// <summary>The quantiles, rising from 0 to 1, and finer above 0.99, where tails differ.</summary>
    public static IReadOnlyList<double> Quantiles { get; } =
        [.. Enumerable.Range(0, Steps).Select(static i => (double)i / Steps), 0.9975, 0.999, 0.9995, 1];

    /// <summary>The distribution of latencies that a function gives by quantile.</summary>
    /// <param name="quantile">The value at a quantile, milliseconds.</param>
    /// <param name="count">Number of latencies.</param>
    /// <param name="requests">Number of requests, with and without one.</param>
    public static LatencyDistribution Of(Func<double, double> quantile, long count, long requests) =>
        count == 0 ? new([], 0) : new([.. Quantiles.Select(quantile)], (double)count / requests);
}
