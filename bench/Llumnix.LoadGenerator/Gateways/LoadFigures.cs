namespace Llumnix.LoadGenerator.Gateways;

/// <summary>What one run has shown.</summary>
/// <param name="CpuPerEvent">The server's CPU per event, in microseconds; 0 without a process.</param>
/// <param name="CpuPerRequest">The same per answer; of a stream that of as many events as one has.</param>
/// <param name="FirstEvent">Median time from request to first event, in milliseconds.</param>
/// <param name="EventsPerSecond">Rate of events.</param>
internal sealed record LoadFigures(double CpuPerEvent, double CpuPerRequest, double FirstEvent, double EventsPerSecond)
{
    /// <summary>The median of each figure.</summary>
    internal static LoadFigures Median(IReadOnlyList<LoadFigures> runs) => new(
        Median(runs, static run => run.CpuPerEvent),
        Median(runs, static run => run.CpuPerRequest),
        Median(runs, static run => run.FirstEvent),
        Median(runs, static run => run.EventsPerSecond));

    private static double Median(IReadOnlyList<LoadFigures> runs, Func<LoadFigures, double> figure)
    {
        double[] sorted = [.. runs.Select(figure).Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
