using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The roles that a scenario's mode needs and those that its engines have.</summary>
internal static class ScenarioRoles
{
    /// <summary>
    /// The contestants that would refuse every request, since no engine has a role that the mode needs.
    /// </summary>
    public static IEnumerable<ScenarioProblem> FindMissing(Scenario scenario)
    {
        InferType[] needed = scenario.Mode == SchedulingMode.Neutral ? [InferType.Neutral] : [InferType.Prefill, InferType.Decode];
        InferType[] fleet = [.. scenario.Fleet.Where(static group => group.Count > 0).Select(static group => group.InferType)];
        return
            from contestant in scenario.Contestants.Select(static (one, i) => (One: one, Path: FormattableString.Invariant($"contestants[{i}].prefill_engines")))
            let roles = contestant.One.PrefillEngines is null ? fleet : [InferType.Prefill, InferType.Decode]
            let missing = needed.Except(roles).ToArray()
            where fleet.Length > 0 && missing.Length > 0 && !TakesAnyRole(contestant.One, scenario)
            select new ScenarioProblem(
                contestant.One.PrefillEngines is null ? "mode" : contestant.Path,
                $"can place nothing: mode {ScenarioTypes.Mode.Write(scenario.Mode)} needs {string.Join(" and ", missing.Select(Describe))}, of which the fleet has none; {Advice(scenario.Mode)}")
            {
                // The number of engines that prefill takes precedence over what the groups say.
                Others = contestant.One.PrefillEngines is null ? ["mode", "fleet", "fleet.infer_type", contestant.Path] : ["mode", "fleet"],
                Subject = contestant.One.Name,
            };
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
    private static bool TakesAnyRole(Contestant contestant, Scenario scenario)
    {
        if (contestant.Baseline is not null)
        {
            return false;
        }

        OptionsParseResult<SchedulerOptions> parsed = ContestantOptions.Parse(contestant, scenario, ContestantOptions.UnreadProfile);
        // An error about the flag, or of one that was meant to be it, is told by itself.
        return parsed.Options.AdaptivePd.IsEnabled || parsed.Errors.Any(static error => error.ToString().Contains("adaptive-pd", StringComparison.Ordinal));
    }
}
