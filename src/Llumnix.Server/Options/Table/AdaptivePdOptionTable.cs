using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Slo;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class AdaptivePdOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, AdaptivePdOptions> Group =
        new("Adaptive PD (full mode, policy slo)", o => o.AdaptivePd, (o, g) => o with { AdaptivePd = g });

    private static readonly OptionType<AdaptivePdRules> Rules = Choice(("plain", AdaptivePdRules.Plain), ("tuned", AdaptivePdRules.Tuned));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("enable-adaptive-pd", OptionTypes.Boolean, "With the policy slo: any instance may take prefills and decodes, whatever its infer type.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Group.Row("tpot-migrate-out-ceil-threshold", NumberAbove(0),
            "Share of the TPOT target from which bin packing moves requests away from an instance. With the tuned rules decodes that find no place "
            + "may come that close to the target.",
            g => g.MigrateOutCeilThreshold, (g, v) => g with { MigrateOutCeilThreshold = v }),
        Group.Row("tpot-migrate-out-floor-threshold", Number(0), "Share of the TPOT target below which bin packing empties an instance.",
            g => g.MigrateOutFloorThreshold, (g, v) => g with { MigrateOutFloorThreshold = v }),
        Group.Row("adaptive-pd-rules", Rules,
            "How adaptive PD chooses. plain: by predicted latencies alone. tuned: also by what a placement does to the requests that are there.",
            g => g.Rules, (g, v) => g with { Rules = v }),
    ];
}
