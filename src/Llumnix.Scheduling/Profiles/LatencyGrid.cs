namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of two numbers: bilinear between its samples, level below the first of an axis, and above the last along the last
/// two, though never falling. Immutable.
/// </summary>
public sealed class LatencyGrid
{
    private readonly double[] _rows;
    private readonly double[] _columns;
    private readonly double[] _values;

    /// <summary>Makes a grid.</summary>
    /// <param name="rows">Ascending, each once, at least one.</param>
    /// <param name="columns">The same for the second axis.</param>
    /// <param name="values">Row by row.</param>
    /// <exception cref="ArgumentException">The number of values is not that of the cells.</exception>
    public LatencyGrid(double[] rows, double[] columns, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Length);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Length);
        if (values.Length != rows.Length * columns.Length)
        {
            throw new ArgumentException("A grid needs one value for each of its cells.", nameof(values));
        }

        (_rows, _columns, _values) = ([.. rows], [.. columns], [.. values]);
    }

    /// <summary>Samples of the first axis, ascending.</summary>
    public ReadOnlySpan<double> Rows => _rows;

    /// <summary>Samples of the second axis, ascending.</summary>
    public ReadOnlySpan<double> Columns => _columns;

    /// <summary>The value at any position.</summary>
    public double At(double row, double column)
    {
        AxisPosition r = AxisPosition.Find(_rows, row);
        AxisPosition c = AxisPosition.Find(_columns, column);
        int below = r.Index * _columns.Length;
        int above = r.Next * _columns.Length;
        return r.Blend(
            c.Blend(_values[below + c.Index], _values[below + c.Next]),
            c.Blend(_values[above + c.Index], _values[above + c.Next]));
    }
}
