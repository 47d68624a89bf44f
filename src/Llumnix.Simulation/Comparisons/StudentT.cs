namespace Llumnix.Simulation.Comparisons;

/// <summary>Student's t-distribution.</summary>
internal static class StudentT
{
    private const double OfNormalDistribution = 1.960;

    /// <summary>By degrees of freedom, from 1.</summary>
    private static readonly double[] Quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>The two-sided 95 percent quantile.</summary>
    /// <param name="degreesOfFreedom">At least 1.</param>
    public static double Quantile(int degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);

        // Above the table, the first terms of the expansion in 1 / degrees of freedom; they are off by 0.003 at most.
        const double z = OfNormalDistribution;
        return degreesOfFreedom <= Quantiles.Length ? Quantiles[degreesOfFreedom - 1] : z + (((z * z * z) + z) / (4.0 * degreesOfFreedom));
    }
}
