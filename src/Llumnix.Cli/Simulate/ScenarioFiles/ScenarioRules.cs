using Llumnix.Adapters.Profiles;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Traces;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What the values of a scenario have to do with each other.</summary>
internal static class ScenarioRules
{
    private const int MaxEngines = 10_000;

    /// <summary>What is wrong with a scenario whose values are right by themselves.</summary>
    public static IEnumerable<ScenarioProblem> Find(Scenario scenario)
    {
        long engines = scenario.Fleet.Sum(static group => (long)group.Count);
        return
        [
            .. FindInFleet(scenario, engines),
            .. FindInContestants(scenario, engines),
            .. scenario.Workload.WarmupSeconds >= scenario.Workload.DurationSeconds
                ? [new ScenarioProblem("workload.warmup", "must be shorter than the duration: nothing is left to measure")]
                : Array.Empty<ScenarioProblem>(),
            .. scenario.Workload.OthersEvery is not null && scenario.Mode != Scheduling.Requests.SchedulingMode.Neutral
                ? [new ScenarioProblem("workload.others_every", "goes with mode neutral only")]
                : Array.Empty<ScenarioProblem>(),
            .. scenario.Faults
                .Select(static (fault, i) => (fault, Path: FormattableString.Invariant($"faults[{i}].factor")))
                .Where(static fault => fault.fault is { Factor: not null, Kind: not EngineFaultKind.Slow })
                .Select(static fault => new ScenarioProblem(fault.Path, "goes with the kind slow only")),
            .. scenario.Faults
                .Select((fault, i) => (fault.Engine, Path: FormattableString.Invariant($"faults[{i}].engine")))
                .Where(fault => fault.Engine >= engines)
                .Select(fault => new ScenarioProblem(fault.Path, $"there is no engine {fault.Engine}; they are counted from 0 to {engines - 1}")),
        ];
    }

    /// <summary>What is wrong with the files that a scenario names, or does not name. For a scenario that is complete: a flag may replace what a file of it names.</summary>
    public static IEnumerable<ScenarioProblem> FindInFiles(Scenario scenario) =>
    [
        .. scenario.Workload is { Arrivals: ArrivalPattern.Trace, Trace: null } ? [new ScenarioProblem("workload.arrivals", "trace needs a trace")] : Array.Empty<ScenarioProblem>(),
        .. scenario.Workload.Trace is { } trace && !TraceFile.HasFormat(trace)
            ? [new ScenarioProblem("workload.trace", $"{trace}: {TraceFile.FormatExpected}")]
            : Array.Empty<ScenarioProblem>(),
        .. FindMissingFiles(scenario),
        .. scenario.Fleet.SelectMany(static (group, i) => FindInTables(group, FormattableString.Invariant($"fleet[{i}]"))),
    ];

    private static IEnumerable<ScenarioProblem> FindInTables(EngineGroup group, string path)
    {
        if (!group.HasFiles || !File.Exists(group.TtftProfile) || !File.Exists(group.TpotProfile))
        {
            return [];
        }

        try
        {
            ProfilingTables.Read(group.TtftProfile, group.TpotProfile, []);
            return [];
        }
        catch (ProfilingTableException exception)
        {
            string key = exception.Message.StartsWith(group.TtftProfile, StringComparison.Ordinal) ? "ttft_profile" : "tpot_profile";
            return [new ScenarioProblem($"{path}.{key}", exception.Message)];
        }
    }

    private static IEnumerable<ScenarioProblem> FindMissingFiles(Scenario scenario) =>
        scenario.Fleet
            .SelectMany(static (group, i) => new[]
            {
                (Key: FormattableString.Invariant($"fleet[{i}].ttft_profile"), Path: group.TtftProfile),
                (Key: FormattableString.Invariant($"fleet[{i}].tpot_profile"), Path: group.TpotProfile),
            })
            .Prepend((Key: "workload.trace", Path: scenario.Workload.Trace))
            .Where(static named => named.Path is not null && !File.Exists(named.Path))
            .Select(static named => new ScenarioProblem(named.Key, $"{named.Path}: {(Directory.Exists(named.Path) ? "is a folder" : "there is no such file")}"));

    private static IEnumerable<ScenarioProblem> FindInFleet(Scenario scenario, long engines)
    {
        if (scenario.Fleet.Count == 0)
        {
            yield return new ScenarioProblem("fleet", "needs at least one engine");
        }

        if (engines > MaxEngines)
        {
            yield return new ScenarioProblem("fleet", $"has {engines} engines; at most {MaxEngines} can be simulated");
        }

        for (int i = 0; i < scenario.Fleet.Count; i++)
        {
            EngineGroup group = scenario.Fleet[i];
            if ((group.TtftProfile is null) != (group.TpotProfile is null))
            {
                string given = group.TtftProfile is null ? "tpot_profile" : "ttft_profile";
                yield return new ScenarioProblem(FormattableString.Invariant($"fleet[{i}].{given}"), "ttft_profile and tpot_profile go together");
            }
        }

        for (int i = 0; i < scenario.Fleet.Count; i++)
        {
            EngineGroup group = scenario.Fleet[i];
            int earlier = group.Class is null ? -1 : scenario.Fleet.Take(i).ToList().FindIndex(earlier => earlier.Class == group.Class && !earlier.HasStepTimesOf(group));
            if (earlier >= 0)
            {
                yield return new ScenarioProblem(
                    FormattableString.Invariant($"fleet[{i}].class"), FormattableString.Invariant($"an earlier group of the class {group.Class}, fleet[{earlier}], has other step times"));
            }
        }

        if (scenario.SchedulerProfileGroup is { } profiled && profiled >= scenario.Fleet.Count)
        {
            yield return new ScenarioProblem("scheduler_profile_group", $"there is no group {profiled}; they are counted from 0 to {scenario.Fleet.Count - 1}");
        }
    }

    private static IEnumerable<ScenarioProblem> FindInContestants(Scenario scenario, long engines)
    {
        if (scenario.Contestants.Count == 0)
        {
            yield return new ScenarioProblem("contestants", "needs at least one");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < scenario.Contestants.Count; i++)
        {
            Contestant contestant = scenario.Contestants[i];
            string path = FormattableString.Invariant($"contestants[{i}]");
            if (!names.Add(contestant.Name))
            {
                yield return new ScenarioProblem($"{path}.name", $"an earlier contestant has the name '{contestant.Name}'");
            }

            if (contestant.PrefillEngines >= engines)
            {
                yield return new ScenarioProblem($"{path}.prefill_engines", $"must leave at least one of the {engines} engines for decode");
            }

            if (contestant.ForwardMs is not null && (contestant.Schedulers == 1 || contestant.PeerDelayMs is not null))
            {
                yield return new ScenarioProblem($"{path}.forward_ms", "goes with several schedulers of which one decides, not with peer_delay_ms");
            }

            foreach (ScenarioProblem problem in contestant.Baseline is null ? FindInFlags(contestant, scenario, path) : FindInBaseline(contestant, path))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<ScenarioProblem> FindInBaseline(Contestant contestant, string path)
    {
        if (contestant.Flags.Count > 0)
        {
            yield return new ScenarioProblem($"{path}.flags", "a baseline has no flags");
        }

        if (contestant.Schedulers > 1)
        {
            yield return new ScenarioProblem($"{path}.schedulers", "must be 1 for a baseline");
        }
    }

    private static IEnumerable<ScenarioProblem> FindInFlags(Contestant contestant, Scenario scenario, string path)
    {
        bool hasGroup = scenario.Fleet.Count > (scenario.SchedulerProfileGroup ?? 0);
        return hasGroup
            ? ContestantOptions.Parse(contestant, scenario, ContestantOptions.UnreadProfile).Errors
                // The help of this command has other flags.
                .Select(error => new ScenarioProblem($"{path}.flags", error.ToString().Replace("; --help", "; llumnix scheduler --help", StringComparison.Ordinal)))
            : [];
    }
}
