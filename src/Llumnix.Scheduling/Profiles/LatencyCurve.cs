namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of one number: linear between its points, level below the first, and above the last along the last two, though never
/// falling. Immutable.
/// </summary>
public sealed class LatencyCurve
{
    private readonly LatencyAxis _positions;
    private readonly double[] _values;

    /// <summary>Makes a curve.</summary>
    /// <param name="positions">Ascending, each once, at least one.</param>
    /// <param name="values">The value at each position.</param>
    /// <exception cref="ArgumentException">They are not so.</exception>
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
