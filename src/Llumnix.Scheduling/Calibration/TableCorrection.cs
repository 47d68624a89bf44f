namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// The ratio of an instance's times to one of the tables: that of its class until the instance has shown to differ from it, and again after a while without
/// samples. Not thread-safe.
/// </summary>
/// <param name="ofClass">The ratio over all instances of the class.</param>
internal sealed class TableCorrection(RatioEstimator ofClass)
{
    /// <summary>Samples that the ratio spans, each of 0.15 to 0.4 s of steps: a change shows within some ten seconds of work.</summary>
    private const int Window = 16;

    /// <summary>Within this distance of the table, in logarithms, it is right: less is the noise of the measurement.</summary>
    private const double LeastLog = 0.03;

    /// <summary>
    /// Within this distance of its class, and within so many uncertainties, an instance is as fast as its class: small differences between equal instances
    /// would decide where requests go, and send them all to the one that seems fastest.
    /// </summary>
    private const double LeastLogBesideClass = 0.08;
    private const double LeastUncertaintiesBesideClass = 3;

    /// <summary>From this distance on the instance has drifted, until it is within the other one again.</summary>
    private const double DriftFromLog = 0.15;
    private const double DriftEndsBelowLog = 0.1;

    /// <summary>An instance without work keeps its ratio for so long, and comes near that of its class in about as long as the half-life.</summary>
    private const double KeptMs = 30_000;
    private const double HalfLifeMs = 30_000;

    private readonly RatioEstimator _own = new(Window);
    private double _heardMs = double.NaN;
    private double _forgottenMs;
    private bool _hasNews;

    /// <summary>The ratio, between 1 / <see cref="RatioEstimator.MaxFactor"/> and <see cref="RatioEstimator.MaxFactor"/>.</summary>
    public double Ratio => IsUnlikeItsClass ? _own.Ratio : ofClass.Ratio;

    /// <summary>Whether the correction is withheld, because the table alone has lately been nearer to the measured times.</summary>
    public bool IsWithheld => IsUnlikeItsClass ? _own.IsHarmful : ofClass.IsHarmful;

    /// <summary>What the table is to be multiplied by: the ratio, or 1 when it is within the noise or withheld.</summary>
    public double Factor => IsWithheld || IsWithinNoise(Ratio) ? 1 : Ratio;

    /// <summary>The ratio over that of the class; 1 unless the instance has shown to differ from it.</summary>
    public double BesideClass => IsUnlikeItsClass ? _own.Ratio / ofClass.Ratio : 1;

    /// <summary>Whether the instance's own times have left those of the table.</summary>
    public bool IsDrifted { get; private set; }

    private bool IsUnlikeItsClass => _own.IsKnown
        && Math.Abs(_own.Log - ofClass.Log) > Math.Max(LeastLogBesideClass, LeastUncertaintiesBesideClass * _own.Uncertainty);

    /// <summary>Number of own samples.</summary>
    public long Samples => _own.Count;

    /// <summary>Whether a ratio is so near to 1 that the table is as good.</summary>
    public static bool IsWithinNoise(double ratio) => Math.Abs(Math.Log(ratio)) < LeastLog;

    /// <summary>Takes a sample; see <see cref="RatioEstimator.Add"/>.</summary>
    public void Add(double ratio)
    {
        long before = _own.Count;
        _own.Add(ratio);
        ofClass.Add(ratio);
        _hasNews |= _own.Count > before;
    }

    /// <summary>Lets time pass: notes whether the instance has drifted, and forgets a ratio of which there has been no news.</summary>
    /// <param name="nowMs">Milliseconds of the scheduler's clock.</param>
    public void Pass(double nowMs)
    {
        if (_hasNews || double.IsNaN(_heardMs))
        {
            (_heardMs, _forgottenMs, _hasNews) = (nowMs, nowMs + KeptMs, false);
        }
        else if (nowMs > _forgottenMs)
        {
            _own.Forget(ofClass.Ratio, 1 - Math.Pow(0.5, (nowMs - _forgottenMs) / HalfLifeMs));
            _forgottenMs = nowMs;
        }

        double distance = _own.IsKnown ? Math.Abs(Math.Log(_own.Ratio)) : 0;
        IsDrifted = distance >= (IsDrifted ? DriftEndsBelowLog : DriftFromLog);
    }
}
