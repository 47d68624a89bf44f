using Llumnix.Adapters.Options.Table;

namespace Llumnix.Server.Options.Table;

/// <summary>Flags without an effect, accepted so that existing deployments start.</summary>
internal static class CompatibilityOptionTable
{
    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Ignored("allow-concurrent-scheduling", "Decisions need no such setting.") with { IsBoolean = true, Kind = "boolean" },
        Ignored("enable-pprof", "There is no such profiler.") with { IsBoolean = true, Kind = "boolean" },
        Ignored("logtostderr", "Logs always go to the console.") with { IsBoolean = true, Kind = "boolean" },
        Ignored("pd-disagg-protocol", "Only gateways need it."),
        Ignored("separate-pd-scheduling", "Only gateways need it.") with { IsBoolean = true, Kind = "boolean" },
        Ignored("requests-report-duration", "Only gateways need it."),
    ];

    private static OptionDefinition<SchedulerOptions> Ignored(string name, string reason) =>
        new() { Name = name, Group = "Compatibility (accepted, no effect)", Kind = "text", Description = reason, IsIgnored = true };
}
