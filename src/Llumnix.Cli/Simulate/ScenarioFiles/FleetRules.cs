using Llumnix.Adapters.Profiles;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What is wrong with the engines of a scenario.</summary>
internal static class FleetRules
{
    private const int MaxEngines = 10_000;

    /// <summary>The number of engines of all groups.</summary>
    public static long CountEngines(Scenario scenario) => scenario.Fleet.Sum(static group => (long)group.Count);

    /// <summary>All of it.</summary>
    public static IEnumerable<ScenarioProblem> Find(Scenario scenario)
    {
        if (scenario.Fleet.Count == 0)
        {
            yield return new ScenarioProblem("fleet", "needs at least one engine");
        }

        if (CountEngines(scenario) is var engines and > MaxEngines)
        {
            yield return new ScenarioProblem("fleet", $"has {engines} engines; at most {MaxEngines} can be simulated") { Others = ["fleet", "fleet.count"] };
        }

        if (scenario.SchedulerProfileGroup is { } profiled && scenario.Fleet.Count > 0 && profiled >= scenario.Fleet.Count)
        {
            yield return new ScenarioProblem("scheduler_profile_group", $"there is no group {profiled}; they are counted from 0 to {scenario.Fleet.Count - 1}") { Others = ["fleet"] };
        }

        var tables = new CheckedTables();
        for (int i = 0; i < scenario.Fleet.Count; i++)
        {
            foreach (ScenarioProblem problem in FindInTables(scenario.Fleet[i], FormattableString.Invariant($"fleet[{i}]"), tables).Concat(FindInClass(scenario.Fleet, i)))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<ScenarioProblem> FindInTables(EngineGroup group, string path, CheckedTables tables)
    {
        (string ttft, string tpot) = ($"{path}.ttft_profile", $"{path}.tpot_profile");
        return
        [
            .. group switch
            {
                { TtftProfile: null, TpotProfile: not null } => [new ScenarioProblem(tpot, "ttft_profile and tpot_profile go together") { Others = [ttft] }],
                { TtftProfile: not null, TpotProfile: null } => [new ScenarioProblem(ttft, "ttft_profile and tpot_profile go together") { Others = [tpot] }],
                _ => Array.Empty<ScenarioProblem>(),
            },
            .. group.TtftProfile is { } prefill ? tables.FindInPrefill(prefill).Select(problem => new ScenarioProblem(ttft, problem)) : [],
            .. group.TpotProfile is { } decode ? tables.FindInDecode(decode).Select(problem => new ScenarioProblem(tpot, problem)) : [],
        ];
    }

    /// <summary>Two groups of one class, this one and an earlier one, with different step times.</summary>
    private static IEnumerable<ScenarioProblem> FindInClass(IReadOnlyList<EngineGroup> fleet, int index)
    {
        EngineGroup group = fleet[index];
        int earlier = group.Class is null ? -1 : fleet.Take(index).ToList().FindIndex(earlier => earlier.Class == group.Class && !earlier.HasStepTimesOf(group));
        return earlier < 0 ? [] :
        [
            new ScenarioProblem(
                FormattableString.Invariant($"fleet[{index}].class"), FormattableString.Invariant($"an earlier group of the class {group.Class}, fleet[{earlier}], has other step times"))
            {
                Others = [.. KeysOfStepTimes(index), .. KeysOfStepTimes(earlier)],
            },
        ];
    }

    private static IEnumerable<string> KeysOfStepTimes(int index) =>
        ((string[])["class", "profile", "ttft_profile", "tpot_profile"]).Select(key => FormattableString.Invariant($"fleet[{index}].{key}"));

    /// <summary>Tables that were read, since many groups may have the same.</summary>
    private sealed class CheckedTables
    {
        private readonly Dictionary<string, IReadOnlyList<string>> _prefill = new(StringComparer.Ordinal);
        private readonly Dictionary<string, IReadOnlyList<string>> _decode = new(StringComparer.Ordinal);

        public IReadOnlyList<string> FindInPrefill(string path) =>
            _prefill.TryGetValue(path, out IReadOnlyList<string>? problems) ? problems : _prefill[path] = ProfilingTables.FindProblemsOfPrefill(path);

        public IReadOnlyList<string> FindInDecode(string path) =>
            _decode.TryGetValue(path, out IReadOnlyList<string>? problems) ? problems : _decode[path] = ProfilingTables.FindProblemsOfDecode(path);
    }
}
