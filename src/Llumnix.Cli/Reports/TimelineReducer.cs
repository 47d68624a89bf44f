namespace Llumnix.Cli.Reports;

/// <summary>Reduces series to few intervals. Peaks stay visible where an interval keeps its largest value.</summary>
internal static class TimelineReducer
{
    private const int MostIntervals = 160;
    private const int FewestIntervals = 40;
    private const int MostCells = 100_000;

    /// <summary>How many intervals and engines the timelines of a report show, so that the file stays small.</summary>
    /// <param name="runs">Number of runs, at least 1.</param>
    /// <param name="engines">Engines of each.</param>
    public static (int Intervals, int Engines) Fit(int runs, int engines)
    {
        int intervals = Math.Clamp(MostCells / Math.Max(1, runs * engines), FewestIntervals, MostIntervals);
        return (intervals, Math.Clamp(MostCells / (Math.Max(1, runs) * intervals), 1, engines));
    }

    /// <summary>Divides samples into equal groups, and makes a value of each.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="intervals">Most groups, at least 1.</param>
    /// <param name="value">The value of the samples from the first index up to, but without, the second.</param>
    public static T[] Reduce<T>(int samples, int intervals, Func<int, int, T> value)
    {
        int size = SizeOf(samples, intervals);
        return [.. Enumerable.Range(0, (samples + size - 1) / size).Select(i => value(i * size, Math.Min(samples, (i + 1) * size)))];
    }

    /// <summary>Samples in a group.</summary>
    public static int SizeOf(int samples, int intervals) => Math.Max(1, (samples + intervals - 1) / intervals);
}
