using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>What is wrong with a scenario whose values are right by themselves: with values that do not fit together, and with files that they name.</summary>
internal static class ScenarioRules
{
    /// <summary>All of it, for a scenario whose flags have replaced what its file says. It may follow from values that could not be read.</summary>
    public static IEnumerable<ScenarioProblem> Find(Scenario scenario) =>
    [
        .. WorkloadRules.Find(scenario),
        .. FleetRules.Find(scenario),
        .. ContestantRules.Find(scenario),
        .. ScenarioRoles.FindMissing(scenario),
        .. scenario.Faults.SelectMany((fault, i) => FindInFault(fault, FormattableString.Invariant($"faults[{i}]"), FleetRules.CountEngines(scenario))),
    ];

    private static IEnumerable<ScenarioProblem> FindInFault(FaultScenario fault, string path, long engines)
    {
        if (fault is { Factor: not null, Kind: not EngineFaultKind.Slow })
        {
            yield return new ScenarioProblem($"{path}.factor", "goes with the kind slow only") { Others = [$"{path}.kind"] };
        }

        if (engines > 0 && fault.Engine >= engines)
        {
            yield return new ScenarioProblem($"{path}.engine", $"there is no engine {fault.Engine}; they are counted from 0 to {engines - 1}") { Others = ["fleet", "fleet.count"] };
        }
    }
}
