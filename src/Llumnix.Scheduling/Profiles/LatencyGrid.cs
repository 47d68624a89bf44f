namespace Llumnix.Scheduling.Profiles;

/// <summary>
/// A measured function of two variables: bilinear between its samples; constant below the first of an axis; beyond the last one the line through the
/// last two, unless it decreases, in which case constant. Immutable.
/// </summary>
public sealed class LatencyGrid
{
    private readonly LatencyAxis _rows;
    private readonly LatencyAxis _columns;
    private readonly double[] _values;

    /// <summary>Makes a grid.</summary>
    /// <param name="rows">Samples of the first axis, ascending and distinct, at least one.</param>
    /// <param name="columns">Samples of the second axis, likewise.</param>
    /// <param name="values">The values, row by row.</param>
    /// <exception cref="ArgumentException">The number of values is not rows × columns.</exception>
    public LatencyGrid(double[] rows, double[] columns, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Length);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Length);
        if (values.Length != rows.Length * columns.Length)
        {
            throw new ArgumentException("A grid needs one value for each of its cells.", nameof(values));
        }

        (_rows, _columns, _values) = (new LatencyAxis(rows), new LatencyAxis(columns), [.. values]);
    }

    /// <summary>Samples of the first axis, ascending.</summary>
    public ReadOnlySpan<double> Rows => _rows.Samples;

    /// <summary>Samples of the second axis, ascending.</summary>
    public ReadOnlySpan<double> Columns => _columns.Samples;

    /// <summary>The value at any position.</summary>
    public double At(double row, double column)
    {
        AxisPosition r = _rows.Find(row);
        AxisPosition c = _columns.Find(column);
        int width = _columns.Samples.Length;
        ReadOnlySpan<double> below = _values.AsSpan(r.Index * width, width);
        ReadOnlySpan<double> above = _values.AsSpan(r.Next * width, width);
        return r.Blend(c.Blend(below[c.Index], below[c.Next]), c.Blend(above[c.Index], above[c.Next]));
    }
}
