using System.Text.Json.Nodes;

namespace Llumnix.Cli.Profiling;

/// <summary>Statistics of one cell's measurements, in milliseconds.</summary>
internal readonly record struct CellStatistics(double Mean, double P50, double P95, double P99)
{
    /// <summary>Computes them from at least one measurement. The policy uses the median, which outliers do not move.</summary>
    public static CellStatistics Of(IReadOnlyCollection<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return new CellStatistics(sorted.Average(), Quantile(sorted, 0.5), Quantile(sorted, 0.95), Quantile(sorted, 0.99));
    }

    public void WriteTo(JsonObject row)
    {
        row["mean"] = Math.Round(Mean, 3);
        row["p50"] = Math.Round(P50, 3);
        row["p95"] = Math.Round(P95, 3);
        row["p99"] = Math.Round(P99, 3);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}
