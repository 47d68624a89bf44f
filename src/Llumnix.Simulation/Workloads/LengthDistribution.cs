namespace Llumnix.Simulation.Workloads;

/// <summary>A distribution of token counts, given by points of its quantile function.</summary>
/// <remarks>
/// Between two points (q0, n0) and (q1, n1) the logarithm of the count is linear in q: n(q) = n0 · (n1 / n0)^((q − q0) / (q1 − q0)).
/// Token counts span orders of magnitude, and so a straight line between the counts themselves would make the mean far too large.
/// </remarks>
public sealed class LengthDistribution
{
    private readonly (double Quantile, double Tokens)[] _points;

    /// <summary>A distribution through the points.</summary>
    /// <param name="points">The first at quantile 0, the last at 1; quantiles rising, token counts at least 1 and not falling.</param>
    /// <exception cref="ArgumentException">The points do not meet these conditions.</exception>
    public LengthDistribution(params ReadOnlySpan<(double Quantile, double Tokens)> points)
    {
        _points = points.ToArray();
        if (!IsQuantileFunction(_points))
        {
            throw new ArgumentException("points must run from quantile 0 to 1, rising, with counts of at least 1 that do not fall", nameof(points));
        }
    }

    /// <summary>The mean of the interpolated curve, before counts are rounded: Σ (q1 − q0) · (n1 − n0) / ln(n1 / n0).</summary>
    public double Mean
    {
        get
        {
            double mean = 0;
            for (int i = 1; i < _points.Length; i++)
            {
                ((double q0, double n0), (double q1, double n1)) = (_points[i - 1], _points[i]);
                mean += (q1 - q0) * (n1 > n0 ? (n1 - n0) / Math.Log(n1 / n0) : n0);
            }

            return mean;
        }
    }

    /// <summary>The token count at a quantile.</summary>
    /// <param name="quantile">0 to 1.</param>
    public int TokensAt(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        int upper = 1;
        while (_points[upper].Quantile < quantile)
        {
            upper++;
        }

        ((double q0, double n0), (double q1, double n1)) = (_points[upper - 1], _points[upper]);
        return (int)Math.Round(n0 * Math.Pow(n1 / n0, (quantile - q0) / (q1 - q0)));
    }

    /// <summary>A token count drawn from the distribution.</summary>
    public int Sample(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return TokensAt(random.NextDouble());
    }

    private static bool IsQuantileFunction((double Quantile, double Tokens)[] points)
    {
        bool isValid = points.Length >= 2 && points[0] is { Quantile: 0, Tokens: >= 1 } && points[^1] is { Quantile: 1, Tokens: <= int.MaxValue };
        for (int i = 1; i < points.Length; i++)
        {
            isValid &= points[i].Quantile > points[i - 1].Quantile && points[i].Tokens >= points[i - 1].Tokens;
        }

        return isValid;
    }
}
