namespace Llumnix.Cli.Load;

/// <summary>
/// Latencies in a fixed number of buckets, each 1 percent wider than the one before, from 10 µs to 73 minutes; the last bucket takes all longer ones.
/// Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const double Growth = 1.01;
    private const double FirstBound = 100; // ticks = 10 µs
    private static readonly double LogGrowth = Math.Log(Growth);
    private readonly int[] _buckets = new int[2000];
    private long _count;
    private TimeSpan _sum;
    private TimeSpan _min = TimeSpan.MaxValue;
    private TimeSpan _max;

    /// <summary>Counts a latency.</summary>
    public void Record(TimeSpan latency)
    {
        _buckets[BucketOf(latency)]++;
        _count++;
        _sum += latency;
        _min = latency < _min ? latency : _min;
        _max = latency > _max ? latency : _max;
    }

    /// <summary>Adds all latencies of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] += other._buckets[i];
        }

        _count += other._count;
        _sum += other._sum;
        _min = other._min < _min ? other._min : _min;
        _max = other._max > _max ? other._max : _max;
    }

    /// <summary>Removes all latencies.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        (_count, _sum, _min, _max) = (0, TimeSpan.Zero, TimeSpan.MaxValue, TimeSpan.Zero);
    }

    /// <summary>Mean and percentiles of what was recorded.</summary>
    public LatencySummary Summarize() =>
        _count == 0 ? LatencySummary.None : new(_count, _sum / _count, Quantile(0.5), Quantile(0.9), Quantile(0.99));

    /// <summary>Number of latencies.</summary>
    public long Count => _count;

    /// <summary>Nearest rank: the geometric middle of the smallest bucket up to which there are ceil(quantile · count) latencies.</summary>
    /// <param name="quantile">From 0 to 1.</param>
    /// <returns>The latency; zero when there are none.</returns>
    public TimeSpan Quantile(double quantile)
    {
        if (_count == 0)
        {
            return TimeSpan.Zero;
        }

        long rank = (long)Math.Ceiling(quantile * _count);
        int bucket = 0;
        for (long seen = _buckets[0]; seen < rank; seen += _buckets[bucket])
        {
            bucket++;
        }

        long ticks = (long)(FirstBound * Math.Pow(Growth, bucket + 0.5));
        return TimeSpan.FromTicks(Math.Clamp(ticks, _min.Ticks, _max.Ticks));
    }

    private int BucketOf(TimeSpan latency) =>
        (int)Math.Clamp(Math.Log(Math.Max(latency.Ticks, FirstBound) / FirstBound) / LogGrowth, 0, _buckets.Length - 1);
}
