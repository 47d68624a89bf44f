namespace Llumnix.Simulation.Comparisons;

/// <summary>A mean that was estimated from samples, with its 95 percent interval: <see cref="Mean"/> ± <see cref="HalfWidth"/>.</summary>
/// <param name="Mean">The mean of the samples; NaN without any.</param>
/// <param name="HalfWidth">Half the width of the interval, by Student's t-distribution; NaN with fewer than two samples, where nothing is known of the noise.</param>
internal readonly record struct Estimate(double Mean, double HalfWidth)
{
    /// <summary>Estimates the mean of samples; those that are not finite are left out.</summary>
    public static Estimate Of(IEnumerable<double> samples)
    {
        double[] finite = [.. samples.Where(double.IsFinite)];
        if (finite.Length < 2)
        {
            return new Estimate(finite.Length == 0 ? double.NaN : finite[0], double.NaN);
        }

        double mean = finite.Average();
        double variance = finite.Sum(sample => (sample - mean) * (sample - mean)) / (finite.Length - 1);
        return new Estimate(mean, StudentT.Quantile(finite.Length - 1) * Math.Sqrt(variance / finite.Length));
    }

    /// <summary>Whether the mean differs from 0 by more than the noise; null where nothing is known of the noise.</summary>
    public bool? IsClear => double.IsNaN(HalfWidth) ? null : Math.Abs(Mean) > HalfWidth;
}
