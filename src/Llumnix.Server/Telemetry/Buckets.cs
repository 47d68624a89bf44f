namespace Llumnix.Server.Telemetry;

/// <summary>Histogram buckets as existing dashboards expect them.</summary>
internal static class Buckets
{
    /// <summary>Milliseconds; finer below 0.1 than in existing dashboards, since a decision takes microseconds.</summary>
    internal static readonly double[] DurationMs =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

    internal static readonly double[] Ratio = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    internal static readonly double[] Percent = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

    internal static readonly double[] BatchSize = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    internal static readonly double[] TtftMs = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 30000, 60000];

    internal static readonly double[] TpotMs = [1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500];

    internal static readonly double[] Tokens =
        [1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];
}
