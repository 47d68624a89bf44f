using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The results of a demo as JSON: times in milliseconds, shares from 0 to 1.</summary>
internal static class DemoJson
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = ReadableJson.Encoder };

    /// <summary>Writes both runs and the verdict. What was not measured is null.</summary>
    internal static string Write(DemoComparison comparison) => JsonSerializer.Serialize(
        new
        {
            Policy = Run(comparison.PolicyName, comparison.Policy),
            Baseline = comparison.Baseline is { } baseline ? Run(comparison.BaselineName, baseline) : null,
            Verdict = DemoVerdict.For(comparison),
        },
        Options) + "\n";

    private static object Run(string name, DemoRun run) => new
    {
        Name = name,
        run.Load.Sent,
        run.Load.Completed,
        run.Load.Failed,
        run.Load.CutOff,
        run.Load.Attainment,
        run.Load.RequestsPerSecond,
        run.Load.TokensPerSecond,
        TtftMs = Latency(run.Load.Ttft),
        TpotMs = Latency(run.Load.Tpot),
        EndToEndMs = Latency(run.Load.EndToEnd),
        PrefixHitRate = run.Hits,
        run.Imbalance,
    };

    private static object Latency(LatencySummary latency)
    {
        return new { latency.Count, Mean = Known(latency.Mean), P50 = Known(latency.P50), P90 = Known(latency.P90), P99 = Known(latency.P99) };

        double? Known(TimeSpan time) => latency.Count == 0 ? null : time.TotalMilliseconds;
    }
}
