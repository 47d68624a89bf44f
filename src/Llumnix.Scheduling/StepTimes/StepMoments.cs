namespace Llumnix.Scheduling.StepTimes;

/// <summary>
/// The sums in the normal equations of a least-squares fit. Token counts are first divided by their maximum, so that powers up to the fourth keep
/// their precision.
/// </summary>
internal readonly struct StepMoments
{
    /// <summary>Pivots below this share of their column count as 0: the samples then have too few distinct positions.</summary>
    private const double SmallestPivot = 1e-9;

    private readonly double _scale;
    private readonly double _n, _x, _x2, _x3, _x4, _y, _xy, _x2y;

    private StepMoments(ReadOnlySpan<StepSample> samples)
    {
        foreach (StepSample sample in samples)
        {
            _scale = Math.Max(_scale, sample.PrefillTokens);
        }

        foreach (StepSample sample in samples)
        {
            double x = sample.PrefillTokens / _scale;
            double y = sample.DurationMs;
            _n++;
            _x += x;
            _x2 += x * x;
            _x3 += x * x * x;
            _x4 += x * x * x * x;
            _y += y;
            _xy += x * y;
            _x2y += x * x * y;
        }
    }

    public double MeanDurationMs => _y / _n;

    public static StepMoments Of(ReadOnlySpan<StepSample> samples) => new(samples);

    public StepTimeModel? Parabola()
    {
        double[,] equations = { { _n, _x, _x2, _y }, { _x, _x2, _x3, _xy }, { _x2, _x3, _x4, _x2y } };
        return Solve(equations) is [double c, double b, double a] ? new StepTimeModel(a / _scale / _scale, b / _scale, c) : null;
    }

    public StepTimeModel? Line()
    {
        double[,] equations = { { _n, _x, _y }, { _x, _x2, _xy } };
        return Solve(equations) is [double c, double b] ? new StepTimeModel(0, b / _scale, c) : null;
    }

    /// <summary>
    /// Gaussian elimination without row exchanges: the matrix is symmetric and positive semidefinite, so that the diagonal elements serve as pivots.
    /// </summary>
    /// <returns>The solution; null when the equations are ill-conditioned.</returns>
    private static double[]? Solve(double[,] equations)
    {
        int count = equations.GetLength(0);
        for (int pivot = 0; pivot < count; pivot++)
        {
            double before = equations[pivot, pivot];
            for (int above = 0; above < pivot; above++)
            {
                double factor = equations[pivot, above] / equations[above, above];
                for (int column = above; column <= count; column++)
                {
                    equations[pivot, column] -= factor * equations[above, column];
                }
            }

            if (!(equations[pivot, pivot] > SmallestPivot * before))
            {
                return null;
            }
        }

        double[] solution = new double[count];
        for (int row = count - 1; row >= 0; row--)
        {
            double rest = equations[row, count];
            for (int column = row + 1; column < count; column++)
            {
                rest -= equations[row, column] * solution[column];
            }

            solution[row] = rest / equations[row, row];
        }

        return solution;
    }
}
