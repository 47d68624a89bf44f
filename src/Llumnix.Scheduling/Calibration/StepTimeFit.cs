namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// A linear form of decode steps that is added to their time by the table: a constant, a time per request and a time per token, found by recursive least squares
/// over the relative errors. Older samples are forgotten, and a residual is limited to a multiple of the usual one, so that outliers move the form little. A
/// table of the wrong shape, which one factor for all batches cannot mend, is so mended. Not thread-safe.
/// </summary>
internal sealed class StepTimeFit
{
    /// <summary>Samples before the form is of use.</summary>
    internal const int EnoughSamples = 128;

    /// <summary>Units of the form, so that its coefficients are about 1: of time, of requests and of tokens.</summary>
    private const double UnitMs = 10;
    private const double UnitRequests = 64;
    private const double UnitTokens = 65_536;

    /// <summary>Bound of each term of a step's form over its time by the table; a step beyond it is no step of an engine.</summary>
    private const double MaxTerm = 64;

    /// <summary>What is left of a sample's weight after the next one, while the loads tell enough of all coefficients.</summary>
    private const double Remembered = 1 - (1.0 / 512);

    /// <summary>With more uncertainty than that nothing is forgotten: loads that stay the same tell nothing of the coefficients that they leave open.</summary>
    private const double MostUncertainty = 3;

    private const double OutlierFrom = 3;
    private const double LeastOutlierDistance = 0.05;
    private const double DistanceWeight = 1.0 / 16;
    private const double MaxCoefficient = 1e4;

    private readonly double[] _coefficients = new double[3];
    private readonly double[] _covariance = new double[9];
    private double _distance;

    /// <summary>Begins with the table itself.</summary>
    public StepTimeFit() => Restart();

    /// <summary>Number of samples.</summary>
    public long Count { get; private set; }

    /// <summary>The time of a step over its time by the table; between 1 / <see cref="RatioEstimator.MaxFactor"/> and <see cref="RatioEstimator.MaxFactor"/>.</summary>
    /// <param name="load">The step.</param>
    public double Ratio(in StepLoad load)
    {
        Span<double> terms = stackalloc double[3];
        return HasTerms(in load, terms) ? Limited(1 + Apply(terms)) : 1;
    }

    /// <summary>Takes a sample. One that is not a positive, finite number, or of a step that cannot be, is ignored.</summary>
    /// <param name="ratio">A measured time over that of the table.</param>
    /// <param name="load">The step.</param>
    public void Add(double ratio, in StepLoad load)
    {
        Span<double> terms = stackalloc double[3];
        if (ratio is not (> 0 and < double.PositiveInfinity) || !HasTerms(in load, terms))
        {
            return;
        }

        double residual = Limited(ratio) - 1 - Apply(terms);
        double limit = Math.Max(LeastOutlierDistance, OutlierFrom * _distance);
        _distance += (Count == 0 ? 1 : DistanceWeight) * (Math.Abs(residual) - _distance);
        Count++;
        Learn(terms, Math.Clamp(residual, -limit, limit));
        if (!Array.TrueForAll(_coefficients, static value => Math.Abs(value) <= MaxCoefficient))
        {
            Restart();
        }
    }

    private static double Limited(double ratio) => Math.Clamp(ratio, 1 / RatioEstimator.MaxFactor, RatioEstimator.MaxFactor);

    /// <summary>The terms of a step's form over its time by the table.</summary>
    private static bool HasTerms(in StepLoad load, Span<double> terms)
    {
        double unit = UnitMs / load.TableMs;
        terms[0] = unit;
        terms[1] = unit * load.Batch / UnitRequests;
        terms[2] = unit * load.Tokens / UnitTokens;
        return terms[0] is >= 0 and <= MaxTerm && terms[1] is >= 0 and <= MaxTerm && terms[2] is >= 0 and <= MaxTerm;
    }

    private double Apply(ReadOnlySpan<double> terms) =>
        (_coefficients[0] * terms[0]) + (_coefficients[1] * terms[1]) + (_coefficients[2] * terms[2]);

    private void Learn(ReadOnlySpan<double> terms, double residual)
    {
        Span<double> gain = stackalloc double[3];
        for (int row = 0; row < 3; row++)
        {
            gain[row] = (_covariance[3 * row] * terms[0]) + (_covariance[(3 * row) + 1] * terms[1]) + (_covariance[(3 * row) + 2] * terms[2]);
        }

        double remembered = _covariance[0] + _covariance[4] + _covariance[8] < MostUncertainty ? Remembered : 1;
        double scale = 1 / (remembered + (terms[0] * gain[0]) + (terms[1] * gain[1]) + (terms[2] * gain[2]));
        for (int row = 0; row < 3; row++)
        {
            _coefficients[row] += scale * gain[row] * residual;
            for (int column = 0; column < 3; column++)
            {
                _covariance[(3 * row) + column] = (_covariance[(3 * row) + column] - (scale * gain[row] * gain[column])) / remembered;
            }
        }
    }

    private void Restart()
    {
        Count = 0;
        Array.Clear(_coefficients);
        Array.Clear(_covariance);
        (_covariance[0], _covariance[4], _covariance[8]) = (1, 1, 1);
    }
}
