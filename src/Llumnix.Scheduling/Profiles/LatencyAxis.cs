using System.Runtime.CompilerServices;

namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// The samples of one axis, with positions found in constant time: the axis is divided into sections, each of which stores the last sample at or
/// below its beginning. Sections grow with the position, eight per power of two, as the samples of measured tables do. Immutable.
/// </summary>
internal sealed class LatencyAxis
{
    /// <summary>Shift of a positive number's bits that leaves its exponent and three bits of its mantissa: the number of its section.</summary>
    private const int SectionShift = 49;

    private readonly double[] _samples;
    private readonly double[] _perWidth;
    private readonly int[] _below;
    private readonly int _firstSection;

    /// <param name="samples">Ascending and distinct, at least one.</param>
    public LatencyAxis(ReadOnlySpan<double> samples)
    {
        _samples = samples.ToArray();
        _perWidth = new double[Math.Max(1, samples.Length - 1)];
        for (int i = 0; i + 1 < samples.Length; i++)
        {
            _perWidth[i] = 1 / (samples[i + 1] - samples[i]);
        }

        _firstSection = SectionOf(Math.Max(samples[0], 1));
        _below = new int[Math.Max(0, SectionOf(Math.Max(samples[^1], 1)) - _firstSection) + 1];
        for (int section = 0; section < _below.Length; section++)
        {
            _below[section] = Below(section == 0 ? 0 : _below[section - 1], BeginOf(_firstSection + section));
        }
    }

    /// <summary>The samples, ascending.</summary>
    public ReadOnlySpan<double> Samples => _samples;

    /// <summary>Finds the position of a number relative to the samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AxisPosition Find(double position)
    {
        double[] samples = _samples;
        if (!(position > samples[0]) || samples.Length == 1)
        {
            return default;
        }

        int section = position < 1 ? -1 : SectionOf(position) - _firstSection;
        int below = section < 0 ? 0 : _below[Math.Min(section, _below.Length - 1)];
        below = Below(below, position);
        return new AxisPosition(below, below + 1, (position - samples[below]) * _perWidth[below]);
    }

    private static int SectionOf(double position) => (int)(BitConverter.DoubleToInt64Bits(position) >> SectionShift);

    private static double BeginOf(int section) => BitConverter.Int64BitsToDouble((long)section << SectionShift);

    /// <summary>From an index on, the last sample that is not above the position, but at most the last but one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Below(int from, double position)
    {
        while (from + 2 < _samples.Length && _samples[from + 1] <= position)
        {
            from++;
        }

        return from;
    }
}
