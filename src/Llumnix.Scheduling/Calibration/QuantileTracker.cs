namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// Follows a quantile of a stream in constant memory: a sample above the estimate raises it by <c>step × level</c>, any other lowers it by <c>step × (1 -
/// level)</c>. In the long run the share of samples at or below the estimate is therefore the level, whatever their distribution, and also while it
/// changes. The step follows the spread of the samples, so that their unit does not matter. Not thread-safe.
/// </summary>
/// <param name="level">The quantile, above 0 and below 1.</param>
internal struct QuantileTracker(double level)
{
    /// <summary>Least step as a share of the spread: what the estimate fluctuates by.</summary>
    private const double LeastStep = 0.04;

    private const double SpreadWeight = 0.02;
    private double _mean;
    private double _spread;
    private long _count;

    /// <summary>The estimate; 0 before the first sample.</summary>
    public double Value { get; private set; }

    /// <summary>Takes a sample, a finite number.</summary>
    public void Add(double sample) => Add(sample, sample > Value, level);

    /// <summary>Takes a sample where another value than the estimate, which follows it, is used as the quantile.</summary>
    /// <param name="sample">A finite number.</param>
    /// <param name="isAbove">Whether it is above the value that is used.</param>
    /// <param name="wanted">The quantile that the estimate moves towards, above 0 and below 1.</param>
    public void Add(double sample, bool isAbove, double wanted)
    {
        if (_count++ == 0)
        {
            (_mean, Value) = (sample, sample);
            return;
        }

        // The step must not know the sample: one that is far off would otherwise move the estimate further than one that is near, and bias it upwards.
        double weight = Math.Max(SpreadWeight, 1.0 / _count);
        double distance = Math.Abs(sample - _mean);
        double step = (_count == 2 ? distance : _spread) * Math.Max(LeastStep, 2 / Math.Sqrt(_count));
        Value += step * (isAbove ? wanted : wanted - 1);
        _spread += weight * (distance - _spread);
        _mean += weight * (sample - _mean);
    }
}
