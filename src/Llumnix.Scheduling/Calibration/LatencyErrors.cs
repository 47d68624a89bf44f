namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// The errors of one kind of prediction for one class of instances, learned from its own misses: quantiles of actual over predicted latency, and the bound
/// below which the actual latency stays with a given probability. The spread of the errors depends on the size of the prediction (a short
/// one misses by a status's age, a long one by little), so that each range of predictions has a tracker of its own. Not thread-safe; guarded by the
/// scheduler's lock.
/// </summary>
/// <param name="targetMs">The target of the latency, milliseconds.</param>
/// <param name="confidence">The probability, above 0 and below 1.</param>
/// <param name="initialShare">See <see cref="EligibleShare"/>; what it is until there are enough outcomes.</param>
internal sealed class LatencyErrors(double targetMs, double confidence, double initialShare)
{
    /// <summary>Outcomes before <see cref="EligibleShare"/> follows them.</summary>
    internal const int EnoughOutcomes = 64;

    /// <summary>Upper ends of the ranges of predictions, as shares of the target. What is above the last one is late in any case.</summary>
    private static readonly double[] Ends = [0.02, 0.05, 0.12, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.2, double.PositiveInfinity];

    /// <summary>The first range whose end is searched for the eligible share: smaller predictions are always eligible.</summary>
    private const int FirstSearched = 4;

    /// <summary>The last one, which ends at the target.</summary>
    private const int LastSearched = 9;

    /// <summary>A range follows its own outcomes where it has many more than this of late; with fewer the range below it counts as well.</summary>
    private const double BorrowedOutcomes = 16;

    /// <summary>What is left of a range's weight after an outcome in any range, so that a range without news follows its neighbour again.</summary>
    private const double Remembered = 1 - (1.0 / 2000);

    private const double CoverageWeight = 1.0 / 1000;

    /// <summary>
    /// How strongly a coverage that is too small or too large is answered. Each range has to find its bound, and to follow it while the load changes, which
    /// by itself costs a share of one or two percent.
    /// </summary>
    private const double CoverageGain = 4;

    private static readonly double MaxLog = Math.Log(32);
    private readonly QuantileTracker[] _bounds = [.. Ends.Select(_ => new QuantileTracker(confidence))];
    private readonly QuantileTracker[] _medians = [.. Ends.Select(_ => new QuantileTracker(0.5))];
    private readonly double[] _weights = new double[Ends.Length];
    private readonly double[] _logs = new double[Ends.Length];
    private readonly double[] _medianLogs = new double[Ends.Length];
    private QuantileTracker _median = new(0.5);
    private QuantileTracker _high = new(0.9);
    private QuantileTracker _highest = new(0.99);

    /// <summary>The probability.</summary>
    public double Confidence => confidence;

    /// <summary>Number of outcomes.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them stayed within the bound that was known before them.</summary>
    public long Covered { get; private set; }

    /// <summary>Share of the recent outcomes that stayed within their bound; NaN without any.</summary>
    public double Coverage { get; private set; } = double.NaN;

    /// <summary>
    /// The largest prediction, as a share of the target, for which the target holds with the probability; between <c>Ends[FirstSearched - 1]</c> and 1.
    /// </summary>
    public double EligibleShare { get; private set; } = initialShare;

    /// <summary>
    /// The largest prediction, as a share of the target, for which the target is as likely to hold as to be missed; between <see cref="EligibleShare"/> and 1.
    /// </summary>
    public double EvenShare { get; private set; } = initialShare;

    /// <summary>Quantiles of actual over predicted latency, ascending; NaN without outcomes.</summary>
    public (double Median, double High, double Highest) Ratios()
    {
        if (Count == 0)
        {
            return (double.NaN, double.NaN, double.NaN);
        }

        double high = Math.Max(_median.Value, _high.Value);
        return (Math.Exp(_median.Value), Math.Exp(high), Math.Exp(Math.Max(high, _highest.Value)));
    }

    /// <summary>The latency that the actual one does not exceed with the probability; the prediction itself without outcomes.</summary>
    /// <param name="predictedMs">The prediction, milliseconds.</param>
    public double BoundMs(double predictedMs) => predictedMs * Math.Exp(_logs[RangeOf(predictedMs)]);

    /// <summary>Takes an outcome. One whose latencies are not positive and finite is ignored.</summary>
    /// <param name="predictedMs">The prediction, milliseconds.</param>
    /// <param name="actualMs">The actual latency, milliseconds.</param>
    public void Add(double predictedMs, double actualMs)
    {
        if (predictedMs is not (> 0 and < double.PositiveInfinity) || actualMs is not (> 0 and < double.PositiveInfinity))
        {
            return;
        }

        double log = Math.Clamp(Math.Log(actualMs / predictedMs), -MaxLog, MaxLog);
        int range = RangeOf(predictedMs);
        double isCovered = log <= _logs[range] ? 1 : 0;
        Count++;
        Covered += (long)isCovered;
        Coverage = Count == 1 ? isCovered : Coverage + (Math.Max(CoverageWeight, 1.0 / Count) * (isCovered - Coverage));
        _median.Add(log);
        _high.Add(log);
        _highest.Add(log);
        _bounds[range].Add(log, isAbove: isCovered == 0, Wanted());
        _medians[range].Add(log);
        for (int i = 0; i < _weights.Length; i++)
        {
            _weights[i] *= Remembered;
        }

        _weights[range]++;
        Fill(_bounds, _logs);
        Fill(_medians, _medianLogs);
        if (Count >= EnoughOutcomes)
        {
            EligibleShare = Search(_logs);
            EvenShare = Math.Max(EligibleShare, Search(_medianLogs));
        }
    }

    /// <summary>The quantile that the bounds move towards: beyond the confidence where fewer than that have been covered of late.</summary>
    private double Wanted() => Math.Clamp(confidence + (CoverageGain * (confidence - Coverage)), confidence / 2, (1 + confidence) / 2);

    private int RangeOf(double predictedMs)
    {
        double share = predictedMs / targetMs;
        int range = 0;
        while (range + 1 < Ends.Length && !(share < Ends[range]))
        {
            range++;
        }

        return range;
    }

    /// <summary>Each range's quantile, mixed with that of the range below where it has few outcomes; ranges before the first one with any follow that one.</summary>
    private void Fill(QuantileTracker[] quantiles, double[] logs)
    {
        int first = Array.FindIndex(_weights, static weight => weight > 0);
        double below = quantiles[first].Value;
        for (int i = 0; i < logs.Length; i++)
        {
            double weight = _weights[i];
            below = weight > 0 ? ((weight * quantiles[i].Value) + (BorrowedOutcomes * below)) / (weight + BorrowedOutcomes) : below;
            logs[i] = below;
        }
    }

    /// <summary>
    /// The largest prediction whose quantile is within the target, from the target down: a batch that is far from the target may grow, and misses by more, but that is not the fault of the request that
    /// joins it; what is near the target is where a decision is about the target. A prediction beyond the target is never eligible, however pessimistic predictions are:
    /// where queues grow, all become late.
    /// </summary>
    private static double Search(double[] logs)
    {
        for (int i = LastSearched; i >= FirstSearched; i--)
        {
            double share = Math.Exp(-logs[i]);
            if (share >= Ends[i - 1])
            {
                return Math.Min(share, Ends[i]);
            }
        }

        return Ends[FirstSearched - 1];
    }
}
