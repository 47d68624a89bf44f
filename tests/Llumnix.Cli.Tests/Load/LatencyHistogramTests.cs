using CsCheck;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Summarize_Nothing_IsNone() => Assert.Equal(LatencySummary.None, new LatencyHistogram().Summarize());

    [Fact]
    public void Summarize_OneLatency_IsThatLatency()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMilliseconds(123));

        TimeSpan expected = TimeSpan.FromMilliseconds(123);
        Assert.Equal(new LatencySummary(1, expected, expected, expected, expected), histogram.Summarize());
    }

    [Fact]
    public void Summarize_OneToThousandMilliseconds_HasTheirPercentiles()
    {
        var histogram = new LatencyHistogram();
        for (int milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            histogram.Record(TimeSpan.FromMilliseconds(milliseconds));
        }

        LatencySummary summary = histogram.Summarize();
        Assert.Equal((1000, TimeSpan.FromMilliseconds(500.5)), (summary.Count, summary.Mean));
        Assert.InRange(summary.P50.TotalMilliseconds, 497.5, 502.5);
        Assert.InRange(summary.P90.TotalMilliseconds, 895.5, 904.5);
        Assert.InRange(summary.P99.TotalMilliseconds, 985, 995);
    }

    [Fact]
    public void Summarize_AnyLatencies_IsWithinHalfAPercentOfNearestRank() =>
        Gen.Double[-4, 7].Select(exponent => TimeSpan.FromMilliseconds(Math.Pow(10, exponent))).List[1, 200].Sample(latencies =>
        {
            var histogram = new LatencyHistogram();
            latencies.ForEach(histogram.Record);
            LatencySummary summary = histogram.Summarize();
            return IsClose(latencies, 0.5, summary.P50) && IsClose(latencies, 0.9, summary.P90) && IsClose(latencies, 0.99, summary.P99);
        });

    [Fact]
    public void Add_TwoHalves_EqualsTheWhole() =>
        Gen.Select(Gen.Int[0, 100_000].List[0, 50], Gen.Int[0, 100_000].List[0, 50]).Sample((first, second) =>
        {
            LatencyHistogram merged = Of(first);
            merged.Add(Of(second));
            return merged.Summarize() == Of([.. first, .. second]).Summarize();
        });

    private static LatencyHistogram Of(List<int> microseconds)
    {
        var histogram = new LatencyHistogram();
        microseconds.ForEach(latency => histogram.Record(TimeSpan.FromMicroseconds(latency)));
        return histogram;
    }

    /// <summary>Below 10 µs and above 73 minutes there are no buckets; there only the side is right.</summary>
    private static bool IsClose(List<TimeSpan> latencies, double quantile, TimeSpan found)
    {
        double exact = latencies.Order().ElementAt((int)Math.Ceiling(quantile * latencies.Count) - 1).TotalSeconds;
        return exact < 1.01e-5 ? found.TotalSeconds < 1.02e-5
            : exact > 4300 ? found.TotalSeconds > 4200
            : Math.Abs(found.TotalSeconds - exact) <= (0.0051 * exact) + 1e-7; // One tick of rounding.
    }
}
