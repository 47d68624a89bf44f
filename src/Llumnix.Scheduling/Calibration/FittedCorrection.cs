namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// The correction of an instance's decode steps: the ratio of <see cref="TableCorrection"/>, or the form that is fitted over its class, as long as that has lately
/// been nearer to the instance's steps. An instance unlike its class keeps its distance from it with both. Not thread-safe.
/// </summary>
/// <param name="ratio">The correction by a ratio.</param>
/// <param name="fit">The form over all instances of the class.</param>
internal sealed class FittedCorrection(TableCorrection ratio, StepTimeFit fit)
{
    /// <summary>Own samples before the form is used.</summary>
    internal const int EnoughOwnSamples = 64;

    private const double ErrorWeight = 1.0 / 64;

    /// <summary>By how much the form's error must be smaller to be used; it is used until it is no longer smaller.</summary>
    private const double LeastGain = 0.005;

    /// <summary>By how much its error may exceed the table's before it counts as harmful.</summary>
    private const double ToleratedExcess = 0.01;

    private double _tableError;
    private double _ratioError;
    private double _fitError;
    private int _samples;

    /// <summary>The correction by a ratio.</summary>
    public TableCorrection ByRatio => ratio;

    /// <summary>Whether the fitted form is used in place of the ratio.</summary>
    public bool IsFitted { get; private set; }

    /// <summary>Whether the correction is withheld, because the table alone has lately been nearer to the measured times.</summary>
    public bool IsWithheld => IsFitted ? _fitError > _tableError + ToleratedExcess : ratio.IsWithheld;

    /// <summary>What the table is to be multiplied by for a step; 1 when it is within the noise or withheld.</summary>
    /// <param name="load">The step; without meaning unless <see cref="IsFitted"/>.</param>
    public double Factor(in StepLoad load)
    {
        if (!IsFitted)
        {
            return ratio.Factor;
        }

        double fitted = Fitted(in load);
        return IsWithheld || TableCorrection.IsWithinNoise(fitted) ? 1 : fitted;
    }

    /// <summary>Takes a sample. One that is not a positive, finite number is ignored.</summary>
    /// <param name="measured">A measured time over that of the table.</param>
    /// <param name="load">The step.</param>
    public void Add(double measured, in StepLoad load)
    {
        if (measured is not (> 0 and < double.PositiveInfinity))
        {
            return;
        }

        double log = Math.Log(Limited(measured));
        Follow(ref _tableError, log);
        Follow(ref _ratioError, log - Math.Log(ratio.Ratio));
        Follow(ref _fitError, log - Math.Log(Fitted(in load)));
        _samples = Math.Min(_samples + 1, EnoughOwnSamples);
        IsFitted = fit.Count >= StepTimeFit.EnoughSamples && _samples >= EnoughOwnSamples
            && _fitError < _ratioError - (IsFitted ? 0 : LeastGain);
        fit.Add(measured / ratio.BesideClass, in load);
        ratio.Add(measured);
    }

    private static double Limited(double value) => Math.Clamp(value, 1 / RatioEstimator.MaxFactor, RatioEstimator.MaxFactor);

    private static void Follow(ref double error, double distance) => error += ErrorWeight * (Math.Abs(distance) - error);

    private double Fitted(in StepLoad load) => Limited(fit.Ratio(in load) * ratio.BesideClass);
}
