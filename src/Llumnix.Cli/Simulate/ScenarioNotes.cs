using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>Notes for readers of a scenario's results.</summary>
internal static class ScenarioNotes
{
    private const string Ttft = "--ttft-profiling-data-path";
    private const string Tpot = "--tpot-profiling-data-path";

    /// <summary>The notes, one sentence each; usually none.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="runs">Its runs.</param>
    internal static IReadOnlyList<string> Of(Scenario scenario, IReadOnlyList<RunSummary> runs) =>
    [
        .. Of(scenario),
        .. Unmeasured(scenario, runs),
        .. LateFaults(scenario, runs),
        .. FindRefusedAll(scenario, runs).Select(static name => $"note: {name} refused every request."),
    ];

    /// <summary>The notes that do not depend on the runs.</summary>
    internal static IReadOnlyList<string> Of(Scenario scenario)
    {
        EngineGroup first = scenario.Fleet[scenario.SchedulerProfileGroup ?? 0];
        bool isMixed = scenario.Fleet.Any(group => group.Class is null && !group.HasStepTimesOf(first));
        bool isMixedInAll = scenario.Fleet.Any(group => !group.HasStepTimesOf(first));
        string[] affected =
        [
            .. scenario.Contestants
                .Where(c => c.Baseline is null && !(c.Sets(Ttft) && c.Sets(Tpot)) && !c.Sets("--latency-profiles") && (c.NamesTables ? isMixedInAll : isMixed))
                .Select(static c => c.Name),
        ];
        return affected.Length > 0 ? [ProfileNote(scenario, affected)] : [];
    }

    /// <summary>Runs of which the warm-up leaves nothing.</summary>
    private static string[] Unmeasured(Scenario scenario, IReadOnlyList<RunSummary> runs)
    {
        int empty = runs.Count(static run => run.Requests == 0);
        return empty == 0 ? []
            : [FormattableString.Invariant($"note: the warm-up of {scenario.Workload.WarmupSeconds ?? 0:0.##} s leaves no request of {(empty == runs.Count ? "any run" : $"{empty} of {runs.Count} runs")}, which have no latencies: all of its requests arrive earlier.")];
    }

    /// <summary>Faults that came too late to change anything in some run.</summary>
    private static IEnumerable<string> LateFaults(Scenario scenario, IReadOnlyList<RunSummary> runs)
    {
        double shortest = runs.Min(static run => run.PlayedSeconds);
        return
            from fault in scenario.Faults
            where fault.AtSeconds >= shortest
            let missed = runs.Count(run => fault.AtSeconds >= run.PlayedSeconds)
            select FormattableString.Invariant(
                $"note: the {fault.Kind.ToString().ToLowerInvariant()} of engine {fault.Engine} at {fault.AtSeconds} s comes after the end of {(missed == runs.Count ? "every run" : $"{missed} of {runs.Count} runs")} (the shortest takes {shortest:0} s) and changes nothing there.");
    }

    /// <summary>The names of contestants that have placed nothing: their figures say nothing of them.</summary>
    internal static IEnumerable<string> FindRefusedAll(Scenario scenario, IReadOnlyList<RunSummary> runs) =>
        from contestant in scenario.Contestants
        where runs.Where(run => run.Contestant == contestant.Name).DefaultIfEmpty().All(static run => run is { Requests: > 0 } && run.Refused == run.Requests)
        select contestant.Name;

    private static string ProfileNote(Scenario scenario, string[] contestants)
    {
        int group = scenario.SchedulerProfileGroup ?? 0;
        string profile = scenario.Fleet[group] is { TtftProfile: { } ttft, TpotProfile: { } tpot }
            ? $"that of group {group} ({Path.GetFileName(ttft)}, {Path.GetFileName(tpot)})"
            : $"that of group {group} ({scenario.Fleet[group].Profile})";
        return $"note: the fleet's groups have different latency profiles, and the scheduler takes one for all without a class; it is given {profile} for: "
            + $"{string.Join(", ", contestants)}. scheduler_profile_group chooses another, and class gives groups their own.";
    }
}
