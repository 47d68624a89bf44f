namespace Llumnix.Cli.Simulate;

/// <summary>Notes for readers of a scenario's results.</summary>
internal static class ScenarioNotes
{
    private const string Ttft = "--ttft-profiling-data-path";
    private const string Tpot = "--tpot-profiling-data-path";

    /// <summary>The notes, one sentence each; usually none.</summary>
    internal static IReadOnlyList<string> Of(Scenario scenario)
    {
        bool isMixed = scenario.Fleet.DistinctBy(static group => (group.TtftProfile, group.TpotProfile, group.TtftProfile is null ? group.Profile : "")).Count() > 1;
        string[] affected = [.. scenario.Contestants.Where(static c => c.Baseline is null && !(c.Sets(Ttft) && c.Sets(Tpot))).Select(static c => c.Name)];
        return isMixed && affected.Length > 0 ? [ProfileNote(scenario, affected)] : [];
    }

    private static string ProfileNote(Scenario scenario, string[] contestants)
    {
        int group = scenario.SchedulerProfileGroup ?? 0;
        string profile = scenario.Fleet[group] is { TtftProfile: { } ttft, TpotProfile: { } tpot }
            ? $"that of group {group} ({Path.GetFileName(ttft)}, {Path.GetFileName(tpot)})"
            : $"that of group {group} ({scenario.Fleet[group].Profile})";
        return $"note: the fleet's groups have different latency profiles, and the scheduler takes one for all; it is given {profile} for: "
            + $"{string.Join(", ", contestants)}. scheduler_profile_group chooses another.";
    }
}
