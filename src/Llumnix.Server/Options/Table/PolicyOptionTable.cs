using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class PolicyOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, ModeOptions> Group = new("Policy", o => o.Mode, (o, g) => o with { Mode = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("enable-full-mode-scheduling", OptionTypes.Boolean,
            "Full mode (instances from the CMS); false is lite mode (instances from discovery).",
            g => g.IsFull, (g, v) => g with { IsFull = v }),
        Group.Row("scheduling-policy", Name, "load-balance, slo, flood or round-robin; lite mode: load-balance or round-robin.",
            g => g.Policy, (g, v) => g with { Policy = v }),
    ];
}
