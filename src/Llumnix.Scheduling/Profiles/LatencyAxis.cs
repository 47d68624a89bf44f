using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

        int below = IndexOf(position);
        return new AxisPosition(below, below + 1, (position - samples[below]) * _perWidth[below]);
    }

    /// <summary>
    /// The indexes and weights of four positions, as of <see cref="Find(double)"/>; <see cref="AxisPosition.Next"/> is the next index or, where the axis has one
    /// sample, the same. A weight of 0 makes it meaningless.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> Find(Vector256<double> positions, out Vector128<int> indexes)
    {
        // Four searches, which are independent of each other, take no longer than gathering by vector instructions would.
        int a = IndexOf(positions[0]);
        int b = IndexOf(positions[1]);
        int c = IndexOf(positions[2]);
        int d = IndexOf(positions[3]);
        indexes = Vector128.Create(a, b, c, d);
        double[] samples = _samples;
        double[] perWidth = _perWidth;
        Vector256<double> weights = (positions - Vector256.Create(samples[a], samples[b], samples[c], samples[d]))
            * Vector256.Create(perWidth[a], perWidth[b], perWidth[c], perWidth[d]);
        return weights & Vector256.GreaterThan(positions, Vector256.Create(samples[0]));
    }

    /// <summary>The index of the last sample that is not above the position, but at most of the last but one; 0 below the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(double position)
    {
        if (!(position >= 1))
        {
            return position > _samples[0] ? Below(0, position) : 0;
        }

        int section = SectionOf(position) - _firstSection;
        return section < 0 ? 0 : Below(_below[Math.Min(section, _below.Length - 1)], position);
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
