using Llumnix.Cli.Reports;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>Makes of a run what the charts of a report show.</summary>
internal static class ReportRuns
{
    private const int ArrivalIntervals = 60;
    private const int MostMigrations = 1000;

    /// <summary>The charts' data of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="contestant">Index of its contestant.</param>
    /// <param name="rate">Index of its rate.</param>
    /// <param name="runs">Number of runs in the report, which share its size.</param>
    internal static ReportRun Of(ScenarioRun run, int contestant, int rate, int runs)
    {
        SimulationResult result = run.Result;
        double last = result.Requests.Count == 0 ? 0 : result.Requests.Max(static request => request.ArrivalSeconds);
        double step = Math.Max(1e-3, last / ArrivalIntervals);
        return new ReportRun(contestant, rate)
        {
            Ttft = Distribution(result, static request => request.TtftMs),
            Tpot = Distribution(result, static request => request.TpotMs),
            EndToEnd = Distribution(result, static request => request.EndToEndMs),
            TtftByArrival = TtftByArrival(result, step),
            ArrivalStepSeconds = step,
            Timelines = Timelines(result, runs),
            Migrations = [.. result.Migrations.Take(MostMigrations).Select(static move => ((double)move.Seconds, move.Source, move.Destination))],
            MigrationCount = result.Migrations.Count,
        };
    }

    private static LatencyDistribution Distribution(SimulationResult result, Func<RequestResult, float> value)
    {
        double[] sorted = RunSummary.Sorted(result, value);
        return LatencyDistribution.Of(share => RunSummary.Quantile(sorted, share), sorted.Length, result.Requests.Count);
    }

    private static double?[] TtftByArrival(SimulationResult result, double step)
    {
        ILookup<int, double> byInterval = result.Requests
            .Where(static request => !float.IsNaN(request.TtftMs))
            .ToLookup(request => Math.Min(ArrivalIntervals - 1, (int)(request.ArrivalSeconds / step)), static request => (double)request.TtftMs);
        return [.. Enumerable.Range(0, ArrivalIntervals).Select(i => byInterval[i].Order().ToArray() is { Length: > 0 } sorted ? RunSummary.Quantile(sorted, 0.9) : (double?)null)];
    }

    private static EngineTimelines? Timelines(SimulationResult result, int runs)
    {
        IReadOnlyList<EngineSample[]> samples = result.Timeline;
        if (samples.Count == 0)
        {
            return null;
        }

        (int intervals, int engines) = TimelineReducer.Fit(runs, result.Engines.Count);
        int size = TimelineReducer.SizeOf(samples.Count, intervals);
        return new EngineTimelines(size * result.SampleInterval.TotalSeconds, [.. result.Engines.Take(engines).Select(static engine => engine.InstanceId)], result.Engines.Count)
        {
            Waiting = Most(static sample => sample.Waiting),
            Running = Most(static sample => sample.DecodeBatch),
            Kv = Most(static sample => Percent(sample.KvUsage)),
            Prefill = Means(static sample => sample.PrefillShare),
            Decode = Means(static sample => sample.DecodeShare),
        };

        int[][] Most(Func<EngineSample, int> value) => Rows((engine, from, to) => Enumerable.Range(from, to - from).Max(at => value(samples[at][engine])));

        int[][] Means(Func<EngineSample, float> value) => Rows((engine, from, to) => Percent(Enumerable.Range(from, to - from).Average(at => value(samples[at][engine]))));

        int[][] Rows(Func<int, int, int, int> value) =>
            [.. Enumerable.Range(0, engines).Select(engine => TimelineReducer.Reduce(samples.Count, intervals, (from, to) => value(engine, from, to)))];
    }

    private static int Percent(double share) => (int)Math.Round(100 * Math.Clamp(share, 0, 1));
}
