namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of one variable: linear between its points; constant below the first; beyond the last one the line through the last two,
/// unless it decreases, in which case constant. Immutable.
/// </summary>
public sealed class LatencyCurve
{
    private readonly LatencyAxis _positions;
    private readonly double[] _values;

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
