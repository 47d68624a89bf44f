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
        return
            from earlier in Enumerable.Range(0, index)
            where contestants[earlier].Name == name
            select new ScenarioProblem($"{PathOf(index)}.name", $"an earlier contestant has the name {Quoted.Text(name)}")
            {
                Others = [.. KeysOfName(contestants, earlier), .. KeysOfName(contestants, index)],
            };
    }

    /// <summary>The keys that give a contestant its name: one without a name has that of its baseline.</summary>
    private static IEnumerable<string> KeysOfName(IReadOnlyList<Contestant> contestants, int index) =>
        contestants[index] is { Baseline: { } baseline } contestant && contestant.Name == ScenarioTypes.Baseline.Write(baseline)
            ? [$"{PathOf(index)}.name", $"{PathOf(index)}.baseline"]
            : [$"{PathOf(index)}.name"];

    private static IEnumerable<ScenarioProblem> FindInNumbers(Contestant contestant, string path, long engines)
    {
        if (contestant.PrefillEngines >= engines)
        {
            yield return new ScenarioProblem($"{path}.prefill_engines", $"must leave at least one of the {engines} engines for decode") { Others = ["fleet", "fleet.count"] };
        }

        const string OneDecides = "goes with several schedulers of which one decides, not with peer_delay_ms";
        if (contestant is { ForwardMs: not null, Schedulers: 1 })
        {
            yield return new ScenarioProblem($"{path}.forward_ms", OneDecides) { Others = [$"{path}.schedulers"] };
        }

        if (contestant is { ForwardMs: not null, PeerDelayMs: not null })
        {
            yield return new ScenarioProblem($"{path}.forward_ms", OneDecides) { Others = [$"{path}.peer_delay_ms"] };
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
        OptionsParseResult<SchedulerOptions> parsed = ContestantOptions.Parse(contestant, scenario, ContestantOptions.UnreadProfile);
        return parsed.Errors.Concat(FindInTables(contestant, parsed)).Select(error => new ScenarioProblem(
            PathOf(error, contestant, path),
            // The help of this command has other flags.
            error.ToString().Replace("; --help", "; llumnix scheduler --help", StringComparison.Ordinal)));
    }

    /// <summary>The flag's own place among those of the contestant; of a repeated one the last counts.</summary>
    private static string PathOf(OptionProblem error, Contestant contestant, string path)
    {
        int index = contestant.Flags.ToList().FindLastIndex(flag => Contestant.NameOf(flag) == Contestant.NameOf(error.Source.Place));
        return index < 0 ? $"{path}.flags" : FormattableString.Invariant($"{path}.flags[{index}]");
    }

    /// <summary>The tables that a contestant's own flags name.</summary>
    private static IEnumerable<OptionProblem> FindInTables(Contestant contestant, OptionsParseResult<SchedulerOptions> parsed)
    {
        var files = new NamedFiles<SchedulerOptions>(parsed);
        files.CheckProfiles(OwnPath("--ttft-profiling-data-path", parsed.Options.Profiles.TtftPath), OwnPath("--tpot-profiling-data-path", parsed.Options.Profiles.TpotPath));
        files.CheckClasses(parsed.Options.Profiles);
        return files.Errors;

        string OwnPath(string flag, string path) => contestant.Sets(flag) ? path : "";
    }
}
