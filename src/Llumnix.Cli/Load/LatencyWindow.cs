namespace Llumnix.Cli.Load;

/// <summary>The latencies of the last ten seconds, in slices of one second of which the current one is incomplete. Not thread-safe.</summary>
internal sealed class LatencyWindow
{
    private const int Slices = 10;
    private readonly LatencyHistogram[] _slices = [.. Enumerable.Range(0, Slices).Select(_ => new LatencyHistogram())];
    private readonly LatencyHistogram _merged = new();
    private long _currentSecond;

    /// <summary>The time that the window holds at <paramref name="elapsed"/>: nine whole slices and the part of the current one.</summary>
    public static TimeSpan CoveredAt(TimeSpan elapsed)
    {
        TimeSpan full = TimeSpan.FromSeconds(Slices - 1 + (elapsed.TotalSeconds % 1));
        return elapsed < full ? elapsed : full;
    }

    /// <summary>Counts a latency that was measured at <paramref name="elapsed"/> since the start; times must not go back.</summary>
    public void Record(TimeSpan elapsed, TimeSpan latency)
    {
        MoveTo(elapsed);
        _slices[_currentSecond % Slices].Record(latency);
    }

    /// <summary>Mean and percentiles of the window that ends at <paramref name="elapsed"/>.</summary>
    public LatencySummary Summarize(TimeSpan elapsed)
    {
        MoveTo(elapsed);
        _merged.Clear();
        foreach (LatencyHistogram slice in _slices)
        {
            _merged.Add(slice);
        }

        return _merged.Summarize();
    }

    private void MoveTo(TimeSpan elapsed)
    {
        long second = (long)elapsed.TotalSeconds;
        for (long stale = Math.Max(_currentSecond, second - Slices) + 1; stale <= second; stale++)
        {
            _slices[stale % Slices].Clear();
        }

        _currentSecond = Math.Max(_currentSecond, second);
    }
}
