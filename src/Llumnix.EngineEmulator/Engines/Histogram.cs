namespace Llumnix.EngineEmulator.Engines;

/// <summary>Counts of observed values by upper bound, as Prometheus has them. Not thread-safe.</summary>
/// <param name="bounds">The upper bounds, ascending, without infinity.</param>
internal sealed class Histogram(IReadOnlyList<double> bounds)
{
    private readonly long[] _counts = new long[bounds.Count];

    /// <summary>Number of values.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>The upper bounds with the number of values at or below each.</summary>
    public IEnumerable<(double Bound, long Count)> Buckets => bounds.Zip(_counts);

    /// <summary>Counts a value.</summary>
    public void Observe(double value)
    {
        (Count, Sum) = (Count + 1, Sum + value);
        for (int i = bounds.Count - 1; i >= 0 && value <= bounds[i]; i--)
        {
            _counts[i]++;
        }
    }

    /// <summary>A copy that does not change.</summary>
    public Histogram Copy()
    {
        var copy = new Histogram(bounds) { Count = Count, Sum = Sum };
        _counts.CopyTo(copy._counts, 0);
        return copy;
    }
}
