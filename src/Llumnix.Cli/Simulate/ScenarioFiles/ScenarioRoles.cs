using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The roles that a scenario's mode needs and those that its engines have.</summary>
internal static class ScenarioRoles
{
    /// <summary>
    /// The contestants that would refuse every request, since no engine has a role that the mode needs. For a scenario that is complete and right otherwise: a flag may
    /// give roles to the engines of a file.
    /// </summary>
    public static IEnumerable<ScenarioProblem> FindMissing(Scenario scenario)
    {
        InferType[] needed = scenario.Mode == SchedulingMode.Neutral ? [InferType.Neutral] : [InferType.Prefill, InferType.Decode];
        InferType[] fleet = [.. scenario.Fleet.Where(static group => group.Count > 0).Select(static group => group.InferType)];
        return
            from contestant in scenario.Contestants.Select(static (one, i) => (One: one, Path: FormattableString.Invariant($"contestants[{i}].prefill_engines")))
            let roles = contestant.One.PrefillEngines is null ? fleet : [InferType.Prefill, InferType.Decode]
            let missing = needed.Except(roles).ToArray()
            where missing.Length > 0 && !TakesAnyRole(contestant.One, scenario)
            select new ScenarioProblem(
                contestant.One.PrefillEngines is null ? "mode" : contestant.Path,
                $"{contestant.One.Name} can place nothing: mode {ScenarioTypes.Mode.Write(scenario.Mode)} needs {string.Join(" and ", missing.Select(Describe))}, of which the fleet has none; {Advice(scenario.Mode)}");
    }

    private static string Describe(InferType role) => role switch
    {
        InferType.Prefill => "engines that prefill",
        InferType.Decode => "engines that decode",
        _ => "neutral engines",
    };

    private static string Advice(SchedulingMode mode) => mode == SchedulingMode.Neutral
        ? "give a group of the fleet infer_type neutral without prefill_engines, or play mode pd_batch"
        : "say how many prefill (prefill_engines of a contestant, or --prefill-engines), or give the fleet's groups infer_type prefill and decode";

    /// <summary>Adaptive PD gives any engine either role.</summary>
    private static bool TakesAnyRole(Contestant contestant, Scenario scenario) =>
        contestant.Baseline is null && ContestantOptions.Parse(contestant, scenario, ContestantOptions.UnreadProfile).Options.AdaptivePd.IsEnabled;
}
