namespace Llumnix.LoadGenerator;

/// <summary>Latencies of one connection, in microseconds up to 1 s; longer ones count as 1 s. Merged at the end.</summary>
internal sealed class LatencyRecorder
{
    private const int MaxMicroseconds = 1_000_000;
    private readonly int[] _counts = new int[MaxMicroseconds + 1];

    internal long Count { get; private set; }

    internal void Record(TimeSpan latency)
    {
        _counts[(int)Math.Clamp(latency.TotalMicroseconds, 0, MaxMicroseconds)]++;
        Count++;
    }

    internal void Add(LatencyRecorder other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>Microseconds below which this share of the latencies lies.</summary>
    internal int Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return i;
            }
        }

        return MaxMicroseconds;
    }
}
