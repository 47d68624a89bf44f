using System.Globalization;
using Llumnix.Cli.Load;
using Llumnix.Cli.Reports;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Demo;

/// <summary>The results of a demo as a self-contained page.</summary>
internal static class DemoHtml
{
    private static readonly (string Title, Func<LoadResult, LatencySummary> Of)[] Latencies =
        [("TTFT", static run => run.Ttft), ("TPOT", static run => run.Tpot), ("end to end", static run => run.EndToEnd)];

    /// <summary>Writes the page.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="settings">What was played.</param>
    internal static string Write(DemoComparison comparison, DemoSettings settings)
    {
        (string Name, DemoRun Run)[] runs =
            [(comparison.PolicyName, comparison.Policy), .. comparison.Baseline is { } baseline ? ((string, DemoRun)[])[(comparison.BaselineName, baseline)] : []];
        double rate = Math.Round(settings.Arrivals.Count / settings.RunDuration.TotalSeconds, 2);
        string description = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Engines} emulated engines over HTTP, mode {settings.Mode.ToName()}, {settings.Arrivals.Count} requests in {settings.RunDuration.TotalSeconds:0} s, seed {settings.Seed}.");
        return ReportPage.Write(new ReportDocument("Demo", description, [DemoVerdict.For(comparison)], [.. runs.Select(static run => run.Name)], [rate])
        {
            Faults = DemoFaults.Of(settings, runs.Select(static run => run.Name)),
            Glossary = DemoGlossary.All(comparison),
            TtftTargetMs = comparison.Targets?.Ttft.TotalMilliseconds,
            TpotTargetMs = comparison.Targets?.Tpot.TotalMilliseconds,
            Attainment = [.. runs.Select(static run => (Estimate[])[new Estimate(run.Run.Load.Attainment ?? double.NaN, double.NaN)])],
            Percentiles = [Percentiles(runs, rate)],
            Results = DemoReport.Table(comparison),
            Runs = [.. runs.Select(static (run, i) => run.Run.Charts is { } charts ? charts with { Contestant = i } : null).OfType<ReportRun>()],
        });
    }

    private static ReportTable Percentiles((string Name, DemoRun Run)[] runs, double rate) => new(
        string.Create(CultureInfo.InvariantCulture, $"Percentiles by contestant at {rate:0.##} req/s, in milliseconds."),
        ["contestant", .. Latencies.SelectMany(static latency => (string[])[$"{latency.Title} p50", "p90", "p99"])],
        [.. runs.Select(static run => (string[])
        [
            run.Name,
            .. Latencies.Select(latency => latency.Of(run.Run.Load)).SelectMany(static summary => (string[])
                [DemoText.Milliseconds(summary, static s => s.P50), DemoText.Milliseconds(summary, static s => s.P90), DemoText.Milliseconds(summary, static s => s.P99)]),
        ])]);
}
