using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of one variable: linear between its points; constant below the first; beyond the last one the line through the last two,
/// unless it decreases, in which case constant. Immutable.
/// </summary>
public sealed class LatencyCurve
{
    private readonly LatencyAxis _positions;
    private readonly double[] _values;
    private readonly double[] _next;

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
        _next = [.. values[Math.Min(1, values.Length - 1)..], values[^1]];
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

    /// <summary>The values at four positions, each with the same roundings as <see cref="At(double)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<double> At(Vector256<double> positions)
    {
        Vector256<double> weights = _positions.Find(positions, out Vector128<int> at);
        double[] values = _values;
        double[] next = _next;
        return AxisPosition.Blend(
            weights,
            Vector256.Create(values[at[0]], values[at[1]], values[at[2]], values[at[3]]),
            Vector256.Create(next[at[0]], next[at[1]], next[at[2]], next[at[3]]));
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
