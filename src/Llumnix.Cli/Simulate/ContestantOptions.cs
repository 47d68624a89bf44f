using System.Globalization;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Simulate;

/// <summary>The scheduler's options of a contestant: its own flags, and what follows from the scenario where they do not say otherwise.</summary>
internal static class ContestantOptions
{
    /// <summary>Names of tables that are not read, for the check of flags.</summary>
    internal static readonly ProfileOptions UnreadProfile = new() { TtftPath = "ttft.json", TpotPath = "tpot.json" };

    /// <summary>Parses them.</summary>
    /// <param name="contestant">A contestant that is no baseline.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="profile">The tables of the fleet's step times.</param>
    internal static OptionsParseResult<SchedulerOptions> Parse(Contestant contestant, Scenario scenario, ProfileOptions profile)
    {
        List<string> flags = [.. contestant.Flags, $"--seed={scenario.Seed}"];
        if (profile.ClassesPath.Length > 0 && !contestant.NamesTables)
        {
            AddDefault("--latency-profiles", profile.ClassesPath);
        }

        AddDefault("--ttft-profiling-data-path", profile.TtftPath);
        AddDefault("--tpot-profiling-data-path", profile.TpotPath);
        AddDefault("--ttft-slo", scenario.TtftSloMs.ToString(CultureInfo.InvariantCulture));
        AddDefault("--tpot-slo", scenario.TpotSloMs.ToString(CultureInfo.InvariantCulture));
        return SchedulerOptionsParser.Parse(flags, SchedulerProgram.KnownNames);

        void AddDefault(string flag, string value)
        {
            if (!contestant.Sets(flag))
            {
                flags.Add($"{flag}={value}");
            }
        }
    }
}
