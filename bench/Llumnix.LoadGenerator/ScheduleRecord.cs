using System.Globalization;

namespace Llumnix.LoadGenerator;

/// <summary>One run of <see cref="ScheduleComparison"/> as a line of a file.</summary>
/// <param name="Target">Name of the scheduler.</param>
/// <param name="Round">Round of the run, from 0.</param>
/// <param name="P50">Median latency, microseconds.</param>
/// <param name="P99">99th percentile of the latency, microseconds.</param>
/// <param name="CpuPerRequest">CPU time of the server's process for each request, microseconds.</param>
/// <param name="NotPlaced">Answers other than 200.</param>
internal readonly record struct ScheduleRecord(string Target, int Round, double P50, double P99, double CpuPerRequest, long NotPlaced)
{
    internal static ScheduleRecord Parse(string line)
    {
        string[] parts = line.Split('\t');
        return parts.Length == 6
            ? new ScheduleRecord(parts[0], (int)Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4]), (long)Number(parts[5]))
            : throw new FormatException($"'{line}' has {parts.Length} columns in place of 6.");
    }

    internal string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Target}\t{Round}\t{P50}\t{P99}\t{CpuPerRequest:F2}\t{NotPlaced}");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
