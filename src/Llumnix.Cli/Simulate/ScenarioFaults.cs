using System.Globalization;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>Tells the faults of a scenario.</summary>
internal static class ScenarioFaults
{
    /// <summary>A sentence for each fault that came before the end of some run.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="runs">Its runs, by which engines have their ids.</param>
    internal static IReadOnlyList<string> Of(Scenario scenario, IReadOnlyList<ScenarioRun> runs) =>
    [
        .. scenario.Faults.Where(fault => runs.Any(run => fault.AtSeconds < run.Result.PlayedSeconds)).OrderBy(static fault => fault.AtSeconds).Select(fault => string.Create(
            CultureInfo.InvariantCulture, $"Engine {fault.Engine} ({runs[0].Result.Engines[fault.Engine].InstanceId}) {What(fault)} from {fault.AtSeconds:0.##} s on, for {fault.DurationSeconds:0.##} s.")),
    ];

    private static string What(FaultScenario fault) => fault.Kind switch
    {
        EngineFaultKind.Crash => "has crashed and has lost its requests",
        EngineFaultKind.Silent => "serves without sending statuses",
        EngineFaultKind.Unschedulable => "asks for no new requests",
        EngineFaultKind.Drain => "is drained: the scheduler gives it no new requests",
        _ => string.Create(CultureInfo.InvariantCulture, $"is slow, with steps {fault.Factor ?? FaultScenario.DefaultFactor:0.##} times as long,"),
    };
}
