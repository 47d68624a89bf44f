using System.Text.Json;
using System.Text.Json.Serialization;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Reports;

/// <summary>The data of a report's charts as JSON, in whole numbers where those are precise enough.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes the data as UTF-8.</summary>
    internal static byte[] Write(ReportDocument document) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Targets = new { Ttft = document.TtftTargetMs, Tpot = document.TpotTargetMs },
            document.Contestants,
            document.Rates,
            Attainment = document.Attainment.Select(static row => row.Select(Pair)),
            LatencyDistribution.Quantiles,
            Runs = document.Runs.Select(Run),
        },
        Options);

    private static object Run(ReportRun run) => new
    {
        run.Contestant,
        run.Rate,
        Ttft = Distribution(run.Ttft, 1),
        Tpot = Distribution(run.Tpot, 100),
        EndToEnd = Distribution(run.EndToEnd, 1),
        TtftByArrival = run.TtftByArrival.Select(static value => value is { } ms ? (long?)Math.Round(ms) : null),
        ArrivalStep = run.ArrivalStepSeconds,
        Timelines = run.Timelines is { } lines
            ? new { Step = lines.StepSeconds, lines.Engines, lines.EngineCount, lines.Waiting, lines.Running, lines.Kv, lines.Prefill, lines.Decode }
            : null,
        Migrations = run.Migrations.Select(static move => (double[])[Math.Round(move.Seconds, 1), move.Source, move.Destination]),
        run.MigrationCount,
    };

    /// <summary>The values in parts of a millisecond.</summary>
    private static object? Distribution(LatencyDistribution? distribution, int parts) => distribution is null ? null : new
    {
        distribution.Share,
        Parts = parts,
        Values = distribution.Values.Select(value => (long)Math.Round(value * parts)),
    };

    /// <summary>Mean and half width of the interval; null where they are not known.</summary>
    private static double?[] Pair(Estimate estimate) => [Finite(estimate.Mean), Finite(estimate.HalfWidth)];

    private static double? Finite(double value) => double.IsFinite(value) ? Math.Round(value, 5) : null;
}
