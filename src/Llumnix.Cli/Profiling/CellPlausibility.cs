using System.Globalization;

namespace Llumnix.Cli.Profiling;

/// <summary>Whether measurements can be true: what an idle engine takes varies little, and more work never takes clearly less time.</summary>
internal static class CellPlausibility
{
    /// <summary>Median deviation from the median, as a share of it. It does not see outliers, which the median does not follow either.</summary>
    private const double MostDeviation = 0.25;

    /// <summary>How much less a larger cell may take than a smaller one: noise, and sizes to which engines pad.</summary>
    private const double Noise = 1.25;

    /// <summary>A prompt this long, and so many times as long as another, takes longer on any engine that computes it.</summary>
    private const int LongPrompt = 2048;
    private const int LongRatio = 8;
    private const double LeastGrowth = 1.05;

    /// <summary>Judges a cell's measurements by themselves.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
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

    /// <summary>Judges a cell against those that are there. A table of prompts must also grow.</summary>
    /// <param name="sizes">The cell's size, in one or two dimensions.</param>
    /// <param name="milliseconds">What it takes.</param>
    /// <param name="others">Those that are there.</param>
    /// <param name="isPrefill">Whether they are prompts.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
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
