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

    /// <summary>
    /// What a section says of all positions in it; null where a sample lies within a section, so that positions must be compared with it. Samples of measured
    /// tables are mostly powers of two and multiples of them, at which sections begin.
    /// </summary>
    private readonly Section[]? _sections;

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

        if (Array.TrueForAll(_samples, static sample => sample >= 1 && BeginOf(SectionOf(sample)) == sample))
        {
            _sections = [.. _below.Select(below => new Section(_samples[below], _perWidth[below], below))];
        }
    }

    /// <summary>The samples, ascending.</summary>
    public ReadOnlySpan<double> Samples => _samples;

    /// <summary>1 / the distance between a sample and the next one.</summary>
    public double PerWidth(int index) => _perWidth[index];

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
        Section[]? sections = _sections;
        Vector256<double> begins;
        Vector256<double> perWidths;
        if (sections is null)
        {
            int a = IndexOf(positions[0]);
            int b = IndexOf(positions[1]);
            int c = IndexOf(positions[2]);
            int d = IndexOf(positions[3]);
            indexes = Vector128.Create(a, b, c, d);
            begins = Vector256.Create(_samples[a], _samples[b], _samples[c], _samples[d]);
            perWidths = Vector256.Create(_perWidth[a], _perWidth[b], _perWidth[c], _perWidth[d]);
        }
        else
        {
            Vector256<long> numbers = (positions.AsInt64() >> SectionShift) - Vector256.Create((long)_firstSection);
            numbers = Vector256.Min(Vector256.Max(numbers, Vector256<long>.Zero), Vector256.Create(sections.Length - 1L));
            ref readonly Section a = ref sections[(int)numbers[0]];
            ref readonly Section b = ref sections[(int)numbers[1]];
            ref readonly Section c = ref sections[(int)numbers[2]];
            ref readonly Section d = ref sections[(int)numbers[3]];
            indexes = Vector128.Create(a.Index, b.Index, c.Index, d.Index);
            begins = Vector256.Create(a.Begin, b.Begin, c.Begin, d.Begin);
            perWidths = Vector256.Create(a.PerWidth, b.PerWidth, c.PerWidth, d.PerWidth);
        }

        return ((positions - begins) * perWidths) & Vector256.GreaterThan(positions, Vector256.Create(_samples[0]));
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

    /// <summary>The last sample at or below the beginning of a section.</summary>
    /// <param name="Begin">The sample.</param>
    /// <param name="PerWidth">1 / the distance to the next sample.</param>
    /// <param name="Index">The sample's index.</param>
    private readonly record struct Section(double Begin, double PerWidth, int Index);
}
