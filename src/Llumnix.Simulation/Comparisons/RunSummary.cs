using System.Text.Json.Serialization;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// The summary of a run. Latencies in milliseconds; NaN where there are none. They are those of the requests that have them: the requests without TTFT, which got no first
/// token because they were refused, lost or cut off, and those without TPOT, which got fewer than two tokens, are counted beside them. The prefix hit rate is the share of the prompt tokens that were served
/// from the engines' prefix caches, 0 to 1; null, and not in the JSON, when it is unknown what prompts share.
/// </summary>
internal sealed record RunSummary(
    string Contestant,
    double Rate,
    int Requests,
    int Refused,
    int Lost,
    int CutOff,
    double Attainment,
    double TtftMean,
    double TtftP50,
    double TtftP99,
    int WithoutTtft,
    double TpotMean,
    double TpotP50,
    double TpotP99,
    int WithoutTpot,
    int Preemptions,
    int Migrations,
    int FailedMigrations,
    double Imbalance,
    double SimulatedSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? PrefixHitRate)
{
    public static RunSummary Of(ScenarioRun run)
    {
        SimulationResult result = run.Result;
        double[] ttft = Sorted(result, static request => request.TtftMs);
        double[] tpot = Sorted(result, static request => request.TpotMs);
        double[] endToEnd = Sorted(result, static request => request.EndToEndMs);
        double busy = result.BusyTimes.Average(static time => time.TotalSeconds);
        return new RunSummary(
            run.Contestant,
            run.Rate,
            result.Requests.Count,
            Count(result, RequestOutcome.Refused),
            Count(result, RequestOutcome.Lost),
            Count(result, RequestOutcome.CutOff),
            run.Attainment,
            Mean(ttft),
            Quantile(ttft, 0.5),
            Quantile(ttft, 0.99),
            result.Requests.Count - ttft.Length,
            Mean(tpot),
            Quantile(tpot, 0.5),
            Quantile(tpot, 0.99),
            result.Requests.Count - tpot.Length,
            result.Requests.Sum(static request => request.Preemptions),
            result.Migrations.Count,
            result.FailedMigrations,
            busy > 0 ? result.BusyTimes.Max(static time => time.TotalSeconds) / busy : 0,
            result.Elapsed.TotalSeconds,
            result.PrefixHitRate)
        {
            Seed = run.Seed,
            Steps = result.Steps,
            PlayedSeconds = result.PlayedSeconds,
            TtftP90 = Quantile(ttft, 0.9),
            TpotP90 = Quantile(tpot, 0.9),
            EndToEndP50 = Quantile(endToEnd, 0.5),
            EndToEndP90 = Quantile(endToEnd, 0.9),
            EndToEndP99 = Quantile(endToEnd, 0.99),
            MissedTtft = run.Missed.Ttft,
            MissedTpot = run.Missed.Tpot,
            MissedBoth = run.Missed.Both,
            NotCompleted = run.Missed.NotCompleted,
            FirstTtftMissSeconds = run.FirstTtftMissSeconds,
            Coverage = BoundCoverage.Of(run.Calibration),
        };
    }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>90th percentile of the time to first token.</summary>
    public double TtftP90 { get; init; }

    /// <summary>90th percentile of the time per output token.</summary>
    public double TpotP90 { get; init; }

    /// <summary>Median of the time from arrival to last token, of completed requests.</summary>
    public double EndToEndP50 { get; init; }

    /// <summary>Its 90th percentile.</summary>
    public double EndToEndP90 { get; init; }

    /// <summary>Its 99th percentile.</summary>
    public double EndToEndP99 { get; init; }

    /// <summary>Completed requests that missed the target of TTFT alone.</summary>
    public int MissedTtft { get; init; }

    /// <summary>Completed requests that missed the target of TPOT alone.</summary>
    public int MissedTpot { get; init; }

    /// <summary>Completed requests that missed both.</summary>
    public int MissedBoth { get; init; }

    /// <summary>Requests that were refused, lost or cut off.</summary>
    public int NotCompleted { get; init; }

    /// <summary>Arrival of the first request whose TTFT missed its target, seconds from the start; NaN without one.</summary>
    public double FirstTtftMissSeconds { get; init; } = double.NaN;

    /// <summary>How well the bounds of predicted latencies have held, by class and latency; null where nothing was compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BoundCoverage>? Coverage { get; init; }

    /// <summary>Steps of all engines.</summary>
    [JsonIgnore]
    public long Steps { get; init; }

    /// <summary>Simulated seconds until the last request has ended, or where it was cut off, until the last one has arrived.</summary>
    [JsonIgnore]
    public double PlayedSeconds { get; init; }

    /// <summary>The share of the requests that got no first token, 0 to 1.</summary>
    [JsonIgnore]
    public double ShareWithoutTtft => Requests == 0 ? 0 : (double)WithoutTtft / Requests;

    /// <summary>The values that are not NaN, ascending.</summary>
    public static double[] Sorted(SimulationResult result, Func<RequestResult, float> value)
    {
        double[] values = [.. result.Requests.Select(value).Where(static x => !float.IsNaN(x)).Select(static x => (double)x)];
        Array.Sort(values);
        return values;
    }

    /// <summary>A quantile by nearest rank.</summary>
    public static double Quantile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    private static double Mean(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    private static int Count(SimulationResult result, RequestOutcome outcome) => result.Requests.Count(request => request.Outcome == outcome);
}
