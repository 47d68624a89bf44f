using System.Globalization;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What is wrong with the requests of a scenario.</summary>
internal static class WorkloadRules
{
    /// <summary>All of it.</summary>
    public static IEnumerable<ScenarioProblem> Find(Scenario scenario)
    {
        WorkloadScenario workload = scenario.Workload;
        return
        [
            .. FindLongWarmup(workload),
            .. workload.OthersEvery is not null && scenario.Mode != SchedulingMode.Neutral
                ? [new ScenarioProblem("workload.others_every", "goes with mode neutral only") { Others = ["mode"] }]
                : Array.Empty<ScenarioProblem>(),
            .. workload is { Arrivals: ArrivalPattern.Trace, Trace: null }
                ? [new ScenarioProblem("workload.arrivals", "trace needs a trace") { Others = ["workload.trace"] }]
                : Array.Empty<ScenarioProblem>(),
            .. workload.ReadTrace()?.Error is { } error ? error.Split('\n').Select(static line => new ScenarioProblem("workload.trace", line)) : FindEmpty(scenario),
        ];
    }

    private static IEnumerable<ScenarioProblem> FindLongWarmup(WorkloadScenario workload)
    {
        (double Seconds, string Name, string[] Keys)? length = workload.DurationSeconds is { } duration ? (duration, "duration", ["workload.duration"])
            : WorkloadMaker.RecordedLengthOf(workload) is { } recorded
                ? (recorded, "trace", ["workload.duration", "workload.requests", "workload.trace", "workload.arrivals", "workload.rates"])
            : workload is { Requests: null, Trace: null } ? (WorkloadMaker.DefaultDurationSeconds, "duration", ["workload.duration", "workload.requests", "workload.trace"])
            : null;
        return length is { } end && workload.WarmupSeconds >= end.Seconds
            ?
            [
                new ScenarioProblem("workload.warmup", string.Create(CultureInfo.InvariantCulture, $"must be shorter than the {end.Name}, {end.Seconds:0.###} s: nothing is left to measure"))
                {
                    Others = end.Keys,
                },
            ]
            : [];
    }

    /// <summary>Each rate at which no request arrives with some seed. A trace that is played as it was recorded begins with one.</summary>
    private static IEnumerable<ScenarioProblem> FindEmpty(Scenario scenario)
    {
        WorkloadScenario workload = scenario.Workload;
        ArrivalPattern? drawn = workload.Arrivals is ArrivalPattern.Trace ? null : workload.Arrivals;
        double? duration = workload.DurationSeconds ?? (workload is { Requests: null, Trace: null } ? WorkloadMaker.DefaultDurationSeconds : null);
        if (duration is null || (workload.Trace is not null && drawn is null))
        {
            return [];
        }

        WorkloadScenario first = workload with { Requests = 1, DurationSeconds = duration, Arrivals = drawn };
        return
            from rate in WorkloadMaker.RatesOf(first)
            let empty = Enumerable.Range(scenario.Seed, scenario.Seeds).Where(seed => !WorkloadMaker.HasRequests(first, rate, seed)).Take(1).ToArray()
            where empty.Length > 0
            select new ScenarioProblem(
                "workload.duration",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"no request arrives within {duration} s{(rate is { } low ? $" at {low} requests/s" : "")} with seed {empty[0]}; use a longer duration or a higher rate"))
            {
                Others = ["workload.rates", "workload.name", "workload.arrivals", "workload.trace", "seed", "seeds"],
            };
    }
}
