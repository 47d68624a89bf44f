using static Llumnix.Server.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class PolicyOptionTable
{
    private static readonly OptionGroup<PolicyOptions> Group = new("Policy", o => o.Policy, (o, g) => o with { Policy = g });

    public static IReadOnlyList<OptionDefinition> Rows { get; } =
    [
        Group.Row("enable-full-mode-scheduling", OptionTypes.Boolean,
            "Full mode (instances from the CMS); false is lite mode (instances from discovery).",
            g => g.IsFullMode, (g, v) => g with { IsFullMode = v }),
        Group.Row("scheduling-policy", Name, "load-balance, slo, flood or round-robin; lite mode: load-balance or round-robin.",
            g => g.Name, (g, v) => g with { Name = v }),
    ];
}
