using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of one variable: linear between its points; constant below the first; beyond the last one the line through the last two,
/// unless it decreases, in which case constant. Immutable.
/// </summary>
public sealed class LatencyCurve
{
    /// <summary>How many values are kept: those of the steps of most engines, 128 KiB.</summary>
    private const int WholeNumbers = 16 << 10;

    private readonly LatencyAxis _positions;
    private readonly double[] _values;

    /// <summary>The values at 0, 1, 2 ...: numbers of tokens are whole, and reading a value takes a fraction of the time of computing it.</summary>
    private readonly double[] _atWhole = new double[WholeNumbers];

    /// <summary>Makes a curve.</summary>
    /// <param name="positions">Ascending and distinct, at least one.</param>
    /// <param name="values">The value at each position.</param>
    /// <exception cref="ArgumentException">The arguments do not meet these conditions.</exception>
    public LatencyCurve(ReadOnlySpan<double> positions, ReadOnlySpan<double> values)
    {
        if (positions.IsEmpty || positions.Length != values.Length || !IsAscending(positions))
        {
            throw new ArgumentException("A curve needs one value for each of its ascending positions, and at least one.", nameof(positions));
        }

        _positions = new LatencyAxis(positions);
        _values = values.ToArray();
        for (int i = 0; i < WholeNumbers; i++)
        {
            _atWhole[i] = At(i);
        }
    }

    /// <summary>The positions of the points, ascending.</summary>
    public ReadOnlySpan<double> Positions => _positions.Samples;

    /// <summary>The values of the points.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The value at any position.</summary>
    public double At(double position)
    {
        AxisPosition at = _positions.Find(position);
        return at.Blend(_values[at.Index], _values[at.Next]);
    }

    /// <summary>The values at four whole numbers, as of <see cref="At(double)"/>. Those of numbers below 0 have no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<double> AtWhole(Vector256<double> positions)
    {
        if (Vector256.GreaterThanAny(positions, Vector256.Create(WholeNumbers - 1.0)))
        {
            return Vector256.Create(At(positions[0]), At(positions[1]), At(positions[2]), At(positions[3]));
        }

        Vector256<long> at = Vector256.ConvertToInt64Native(Vector256.MaxNative(positions, Vector256<double>.Zero));
        double[] values = _atWhole;
        return Vector256.Create(values[(int)at[0]], values[(int)at[1]], values[(int)at[2]], values[(int)at[3]]);
    }

    private static bool IsAscending(ReadOnlySpan<double> positions)
    {
        for (int i = 1; i < positions.Length; i++)
        {
            if (!(positions[i] > positions[i - 1]))
            {
                return false;
            }
        }

        return true;
    }
}
