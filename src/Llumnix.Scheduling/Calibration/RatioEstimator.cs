namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// A running estimate of the ratio of measured to tabulated times, in logarithms so that twice and half as long weigh alike. It begins with the median
/// of the first samples; each later one moves it by a share of its distance, which is limited to a multiple of the usual distance, so that a few
/// outliers move it little and a lasting change moves it within some dozen samples. Not thread-safe.
/// </summary>
/// <param name="window">Samples that the estimate spans; at least <see cref="FirstSamples"/>.</param>
internal sealed class RatioEstimator(int window)
{
    /// <summary>Samples before there is an estimate.</summary>
    internal const int FirstSamples = 5;

    /// <summary>Largest factor and the inverse of the smallest one: what deviates further is another engine, or a fault of the measurement.</summary>
    internal const double MaxFactor = 4;

    /// <summary>Distances beyond this multiple of the usual one count as this multiple.</summary>
    private const double OutlierFrom = 3;

    private const double LeastOutlierDistance = 0.05;

    /// <summary>Weight of the newest sample in the usual distance, and in the errors.</summary>
    private const double DistanceWeight = 1.0 / 16;
    private const double ErrorWeight = 1.0 / 64;

    /// <summary>By how much the corrected error may exceed the table's before the correction counts as harmful; noise of equal ones.</summary>
    private const double ToleratedExcess = 0.01;

    private static readonly double MaxLog = Math.Log(MaxFactor);
    private readonly double[] _first = new double[FirstSamples];
    private double _log;
    private double _distance;

    /// <summary>Number of usable samples since the start.</summary>
    public long Count { get; private set; }

    /// <summary>Whether there is an estimate.</summary>
    public bool IsKnown => Count >= FirstSamples;

    /// <summary>The estimated ratio, between 1 / <see cref="MaxFactor"/> and <see cref="MaxFactor"/>; 1 while it is not known.</summary>
    public double Ratio => IsKnown ? Math.Exp(_log) : 1;

    /// <summary>The logarithm of <see cref="Ratio"/>.</summary>
    public double Log => IsKnown ? _log : 0;

    /// <summary>How far the estimate is from the true ratio, about, by the distances of the samples; a logarithm.</summary>
    public double Uncertainty => _distance / Math.Sqrt(Math.Clamp(Count, 1, window));

    /// <summary>Mean absolute logarithm of measured over tabulated times, of the samples since the estimate is known; each sample before it is learned from.</summary>
    public double TableError { get; private set; }

    /// <summary>The same of measured times over tabulated times multiplied by the ratio.</summary>
    public double CorrectedError { get; private set; }

    /// <summary>Whether the corrected times have lately been further from the measured ones than those of the table.</summary>
    public bool IsHarmful => CorrectedError > TableError + ToleratedExcess;

    /// <summary>Takes a sample. One that is not a positive, finite number is ignored.</summary>
    /// <param name="ratio">A measured time over that of the table.</param>
    public void Add(double ratio)
    {
        if (ratio is not (> 0 and < double.PositiveInfinity))
        {
            return;
        }

        double log = Math.Clamp(Math.Log(ratio), -MaxLog, MaxLog);
        if (Count < FirstSamples)
        {
            Begin(log);
            return;
        }

        Count++;
        double distance = log - _log;
        TableError += ErrorWeight * (Math.Abs(log) - TableError);
        CorrectedError += ErrorWeight * (Math.Abs(distance) - CorrectedError);
        double limit = Math.Max(LeastOutlierDistance, OutlierFrom * _distance);
        _distance += DistanceWeight * (Math.Abs(distance) - _distance);
        _log += Math.Clamp(distance, -limit, limit) / Math.Min(Count, window);
    }

    /// <summary>Moves the estimate towards another one, as time without samples passes.</summary>
    /// <param name="ratio">The other estimate, positive and finite.</param>
    /// <param name="share">Share of the distance, 0 to 1.</param>
    public void Forget(double ratio, double share)
    {
        if (IsKnown)
        {
            _log += share * (Math.Clamp(Math.Log(ratio), -MaxLog, MaxLog) - _log);
        }
    }

    private void Begin(double log)
    {
        _first[Count++] = log;
        if (Count == FirstSamples)
        {
            Array.Sort(_first);
            _log = _first[FirstSamples / 2];
            _distance = (_first[^1] - _first[0]) / 2;
        }
    }
}
