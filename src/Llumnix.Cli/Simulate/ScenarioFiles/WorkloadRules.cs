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
            .. workload.WarmupSeconds >= workload.DurationSeconds
                ? [new ScenarioProblem("workload.warmup", string.Create(CultureInfo.InvariantCulture, $"must be shorter than the duration, {workload.DurationSeconds} s: nothing is left to measure")) { Others = ["workload.duration"] }]
                : Array.Empty<ScenarioProblem>(),
            .. workload.OthersEvery is not null && scenario.Mode != SchedulingMode.Neutral
                ? [new ScenarioProblem("workload.others_every", "goes with mode neutral only") { Others = ["mode"] }]
                : Array.Empty<ScenarioProblem>(),
            .. workload is { Arrivals: ArrivalPattern.Trace, Trace: null }
                ? [new ScenarioProblem("workload.arrivals", "trace needs a trace") { Others = ["workload.trace"] }]
                : Array.Empty<ScenarioProblem>(),
            .. workload.ReadTrace()?.Error is { } error ? error.Split('\n').Select(static line => new ScenarioProblem("workload.trace", line)) : FindEmpty(scenario),
        ];
    }

    /// <summary>The first rate and seed at which no request arrives. A trace that is played as it was recorded begins with one.</summary>
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
        (double? Rate, int Seed)[] empty =
        [
            .. from rate in WorkloadMaker.RatesOf(first)
               from seed in Enumerable.Range(scenario.Seed, scenario.Seeds)
               where !WorkloadMaker.HasRequests(first, rate, seed)
               select (rate, seed),
        ];
        return empty.Length == 0 ? [] :
        [
            new ScenarioProblem(
                "workload.duration",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"no request arrives within {duration} s{(empty[0].Rate is { } low ? $" at {low} requests/s" : "")} with seed {empty[0].Seed}; use a longer duration or a higher rate"))
            {
                Others = ["workload.rates", "workload.name", "workload.arrivals", "workload.trace", "seed", "seeds"],
            },
        ];
    }
}
