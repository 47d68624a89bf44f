using System.Globalization;

namespace Llumnix.Cli.Profiling;

/// <summary>Checks whether measurements are plausible: times on an idle engine vary little, and more work never takes clearly less time.</summary>
internal static class CellPlausibility
{
    /// <summary>Largest median absolute deviation, as a share of the median. It ignores outliers, as the median does.</summary>
    private const double MostDeviation = 0.25;

    /// <summary>
    /// On an engine that computes its prompts, one of at least this length takes at least <see cref="LeastGrowth"/> times as long as one of
    /// 1/<see cref="LongRatio"/> of its length.
    /// </summary>
    private const double Noise = 1.25;

    /// <summary>
    /// From this length on, a prompt that is several times as long as another one must take longer on any engine that really computes it.
    /// </summary>
    private const int LongPrompt = 2048;
    private const int LongRatio = 8;
    private const double LeastGrowth = 1.05;

    /// <summary>Checks a cell's measurements by themselves.</summary>
    /// <returns>The problem; null when there is none.</returns>
    public static string? Problem(IReadOnlyList<double> samples)
    {
        if (samples.Any(static sample => !double.IsFinite(sample) || sample <= 0))
        {
            return $"a measurement of {Text(samples.First(static sample => !double.IsFinite(sample) || sample <= 0))} ms";
        }

        double median = CellStatistics.Of(samples).P50;
        double deviation = CellStatistics.Of([.. samples.Select(sample => Math.Abs(sample - median))]).P50;
        return deviation > median * MostDeviation
            ? $"measurements from {Text(samples.Min())} to {Text(samples.Max())} ms: the engine must be idle but for this"
            : null;
    }

    /// <summary>Checks a cell against the known cells. Prefill times must also grow with the prompt.</summary>
    /// <param name="sizes">The cell's size, in one or two dimensions.</param>
    /// <param name="milliseconds">The cell's time.</param>
    /// <param name="others">The known cells.</param>
    /// <param name="isPrefill">Whether the cells are of the prefill table.</param>
    /// <returns>The problem; null when there is none.</returns>
    public static string? Problem(int[] sizes, double milliseconds, IEnumerable<(int[] Sizes, double Milliseconds)> others, bool isPrefill)
    {
        foreach ((int[] size, double other) in others)
        {
            if (IsWithin(size, sizes) && milliseconds * Noise < other)
            {
                return $"{Text(milliseconds)} ms, but {Text(size)} took {Text(other)} ms: one of the two is wrong; begin anew with --restart";
            }

            if (IsWithin(sizes, size) && other * Noise < milliseconds)
            {
                return $"{Text(milliseconds)} ms, but {Text(size)} took only {Text(other)} ms: one of the two is wrong; begin anew with --restart";
            }

            if (isPrefill && sizes[0] >= LongPrompt && sizes[0] >= (long)size[0] * LongRatio && milliseconds < other * LeastGrowth)
            {
                return $"{Text(milliseconds)} ms, as {Text(size)} took {Text(other)} ms: the engine does not compute the prompt, or a cache answers";
            }
        }

        return null;
    }

    private static bool IsWithin(int[] smaller, int[] larger) => smaller.Zip(larger).All(static pair => pair.First <= pair.Second);

    private static string Text(double milliseconds) => milliseconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(int[] sizes) => sizes.Length == 1 ? $"{sizes[0]} tokens" : $"{sizes[0]} requests with {sizes[1]} tokens";
}
