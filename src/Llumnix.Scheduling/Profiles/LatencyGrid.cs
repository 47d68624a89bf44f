using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    private readonly Cell[] _cells;

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
        _cells = new Cell[values.Length];
        for (int i = 0; i < _cells.Length; i++)
        {
            int right = i % columns.Length + 1 < columns.Length ? 1 : 0;
            int down = i + columns.Length < values.Length ? columns.Length : 0;
            _cells[i] = new Cell(values[i], values[i + right], values[i + down], values[i + down + right]);
        }
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

    /// <summary>Finds a row once for many positions on it.</summary>
    /// <param name="row">The position on the first axis.</param>
    /// <param name="weight">Its weight, for <see cref="At(Vector128{int}, Vector256{double}, Vector256{double})"/>.</param>
    /// <returns>The index of its first cell, likewise.</returns>
    internal int FindRow(double row, out double weight)
    {
        AxisPosition r = _rows.Find(row);
        weight = r.Weight;
        return r.Index * _columns.Samples.Length;
    }

    /// <summary>The part of a row in which positions around one on the second axis are found, where the table has one; none beyond its last samples.</summary>
    /// <param name="row">The row's first cell, from <see cref="FindRow"/>.</param>
    /// <param name="rowWeight">The row's weight, likewise.</param>
    /// <param name="column">The position on the second axis; not negative.</param>
    internal LatencyCell Around(int row, double rowWeight, double column)
    {
        AxisPosition c = _columns.Find(column);
        if (rowWeight > 1 || c.Weight > 1)
        {
            return default;
        }

        ReadOnlySpan<double> samples = _columns.Samples;
        ref readonly Cell cell = ref _cells[row + c.Index];
        bool isConstant = samples.Length == 1 || !(column > samples[0]);
        double begin = isConstant ? 0 : samples[c.Index];
        double end = samples.Length == 1 ? double.PositiveInfinity : isConstant ? Math.BitIncrement(samples[0]) : samples[c.Next];
        return new LatencyCell(
            begin, end, isConstant ? 0 : _columns.PerWidth(c.Index), cell.Value, cell.Right - cell.Value, cell.Below, cell.Across - cell.Below);
    }

    /// <summary>The values at four positions, each with the same roundings as <see cref="At(double, double)"/>.</summary>
    /// <param name="rows">The first cells of their rows, from <see cref="FindRow"/>.</param>
    /// <param name="rowWeights">The weights of their rows, from <see cref="FindRow"/>.</param>
    /// <param name="columns">The positions on the second axis.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<double> At(Vector128<int> rows, Vector256<double> rowWeights, Vector256<double> columns)
    {
        Vector256<double> weights = _columns.Find(columns, out Vector128<int> at);
        at += rows;
        ref readonly Cell a = ref _cells[at[0]];
        ref readonly Cell b = ref _cells[at[1]];
        ref readonly Cell c = ref _cells[at[2]];
        ref readonly Cell d = ref _cells[at[3]];
        return AxisPosition.Blend(
            rowWeights,
            AxisPosition.Blend(
                weights, Vector256.Create(a.Value, b.Value, c.Value, d.Value), Vector256.Create(a.Right, b.Right, c.Right, d.Right)),
            AxisPosition.Blend(
                weights, Vector256.Create(a.Below, b.Below, c.Below, d.Below), Vector256.Create(a.Across, b.Across, c.Across, d.Across)));
    }

    /// <summary>The values around a position, in one cache line. Where the grid has no further column or row, the last one is repeated.</summary>
    /// <param name="Value">At the cell's own row and column.</param>
    /// <param name="Right">In the next column.</param>
    /// <param name="Below">In the next row.</param>
    /// <param name="Across">In the next row and column.</param>
    private readonly record struct Cell(double Value, double Right, double Below, double Across);
}
