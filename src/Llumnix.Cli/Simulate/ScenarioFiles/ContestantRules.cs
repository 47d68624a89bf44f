using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Cli.Configuration;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What is wrong with the contestants of a scenario.</summary>
internal static class ContestantRules
{
    /// <summary>All of it.</summary>
    public static IEnumerable<ScenarioProblem> Find(Scenario scenario)
    {
        IReadOnlyList<Contestant> contestants = scenario.Contestants;
        if (contestants.Count == 0)
        {
            return [new ScenarioProblem("contestants", "needs at least one")];
        }

        return contestants.SelectMany((contestant, i) => (IEnumerable<ScenarioProblem>)
        [
            .. FindInName(contestants, i),
            .. FindInNumbers(contestant, PathOf(i), FleetRules.CountEngines(scenario)),
            .. contestant.Baseline is null ? FindInFlags(contestant, scenario, PathOf(i)) : FindInBaseline(contestant, PathOf(i)),
        ]);
    }

    private static string PathOf(int index) => FormattableString.Invariant($"contestants[{index}]");

    private static IEnumerable<ScenarioProblem> FindInName(IReadOnlyList<Contestant> contestants, int index)
    {
        string name = contestants[index].Name;
        int earlier = contestants.Take(index).ToList().FindIndex(earlier => earlier.Name == name);
        return earlier < 0 ? [] :
        [
            new ScenarioProblem($"{PathOf(index)}.name", $"an earlier contestant has the name {Quoted.Text(name)}")
            {
                // A contestant without a name has that of its baseline, or this one where it has none.
                Others = [$"{PathOf(earlier)}.name", .. name == Contestant.DefaultName ? [$"{PathOf(earlier)}.baseline", $"{PathOf(index)}.baseline"] : Array.Empty<string>()],
            },
        ];
    }

    private static IEnumerable<ScenarioProblem> FindInNumbers(Contestant contestant, string path, long engines)
    {
        if (contestant.PrefillEngines >= engines)
        {
            yield return new ScenarioProblem($"{path}.prefill_engines", $"must leave at least one of the {engines} engines for decode") { Others = ["fleet.count"] };
        }

        if (contestant.ForwardMs is not null && (contestant.Schedulers == 1 || contestant.PeerDelayMs is not null))
        {
            yield return new ScenarioProblem($"{path}.forward_ms", "goes with several schedulers of which one decides, not with peer_delay_ms")
            {
                Others = [$"{path}.schedulers", $"{path}.peer_delay_ms"],
            };
        }
    }

    private static IEnumerable<ScenarioProblem> FindInBaseline(Contestant contestant, string path)
    {
        if (contestant.Flags.Count > 0)
        {
            yield return new ScenarioProblem($"{path}.flags", "a baseline has no flags") { Others = [$"{path}.baseline"] };
        }

        if (contestant.Schedulers > 1)
        {
            yield return new ScenarioProblem($"{path}.schedulers", "must be 1 for a baseline") { Others = [$"{path}.baseline"] };
        }
    }

    private static IEnumerable<ScenarioProblem> FindInFlags(Contestant contestant, Scenario scenario, string path)
    {
        OptionsParseResult<SchedulerOptions> parsed = ContestantOptions.Parse(contestant, scenario, ContestantOptions.UnreadProfile);
        return parsed.Errors
            // The help of this command has other flags.
            .Select(static error => error.ToString().Replace("; --help", "; llumnix scheduler --help", StringComparison.Ordinal))
            .Concat(FindInTables(contestant, parsed))
            .Select(problem => new ScenarioProblem($"{path}.flags", problem));
    }

    /// <summary>The tables that a contestant's own flags name.</summary>
    private static IEnumerable<string> FindInTables(Contestant contestant, OptionsParseResult<SchedulerOptions> parsed)
    {
        var files = new NamedFiles<SchedulerOptions>(parsed);
        files.CheckProfiles(OwnPath("--ttft-profiling-data-path", parsed.Options.Profiles.TtftPath), OwnPath("--tpot-profiling-data-path", parsed.Options.Profiles.TpotPath));
        files.CheckClasses(parsed.Options.Profiles);
        return files.Errors.Select(static error => error.ToString());

        string OwnPath(string flag, string path) => contestant.Sets(flag) ? path : "";
    }
}
