using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class ReschedulingOptionTable
{
    private const string Title = "Rescheduling (full mode)";

    private static readonly OptionGroup<SchedulerOptions, ReschedulingOptions> Group = new(Title, o => o.Rescheduling, (o, g) => o with { Rescheduling = g });

    private static readonly OptionGroup<SchedulerOptions, PlannerOptions> Planner =
        new(Title, o => Group.Get(o).Planner, (o, g) => Group.Set(o, Group.Get(o) with { Planner = g }));

    /// <summary>What the load balancing policies have in common.</summary>
    internal static readonly OptionGroup<SchedulerOptions, LoadBalanceOptions> LoadBalance =
        new(Title, o => Planner.Get(o).LoadBalance, (o, g) => Planner.Set(o, Planner.Get(o) with { LoadBalance = g }));

    private static readonly OptionType<LoadBalanceScope> Scope =
        Choice(("cluster", LoadBalanceScope.Cluster), ("unit", LoadBalanceScope.Unit));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("enable-rescheduling", OptionTypes.Boolean,
            "Migrate running requests; true unless set when one of the two modes is given.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Planner.Row("rescheduling-policies", ListTypes.Names,
            "Rescheduling policies in their order; adaptive PD adds the two binpacking ones.",
            g => g.Policies, (g, v) => g with { Policies = v }) with { Aliases = ["reschedule-policies"] },
        Group.Row("rescheduling-interval-ms", Milliseconds, "Time between two cycles of rescheduling, in milliseconds (use 100 for adaptive PD).",
            g => g.Interval, (g, v) => g with { Interval = v }) with { Aliases = ["reschedule-interval-ms"] },
        Group.Row("colocated-rescheduling-mode", OptionTypes.Boolean, "Run the rescheduler inside the scheduler.",
            g => g.IsColocated, (g, v) => g with { IsColocated = v }) with { Aliases = ["colocated-reschedule-mode"] },
        Group.Row("standalone-rescheduling-mode", OptionTypes.Boolean, "Run nothing but the rescheduler.",
            g => g.IsStandalone, (g, v) => g with { IsStandalone = v }),
        Planner.Row("rescheduling-prefill-load-metric", Name, "Load metric of prefill instances for rescheduling; no built-in policy balances them.",
            g => g.PrefillLoadMetric, (g, v) => g with { PrefillLoadMetric = v }),
        .. LoadRows("decode", g => g.Decode, (g, v) => g with { Decode = v }),
        .. LoadRows("neutral", g => g.Neutral, (g, v) => g with { Neutral = v }),
        LoadBalance.Row("rescheduling-load-balance-threshold", Number(0), "Smallest difference of load between two instances that is worth a migration.",
            g => g.SmallestDifference, (g, v) => g with { SmallestDifference = v }),
        LoadBalance.Row("rescheduling-load-balance-scope", Scope, "Whether migrations that balance load pair instances of the whole cluster, or within a unit.",
            g => g.Scope, (g, v) => g with { Scope = v }),
    ];

    private static IEnumerable<OptionDefinition<SchedulerOptions>> LoadRows(
        string role, Func<PlannerOptions, LoadCriterion> get, Func<PlannerOptions, LoadCriterion, PlannerOptions> set) =>
    [
        Planner.Row($"rescheduling-{role}-load-metric", Name, $"Load metric by which rescheduling balances {role} instances.",
            g => get(g).Metric, (g, v) => set(g, get(g) with { Metric = v })),
        Planner.Row($"rescheduling-{role}-load-threshold", Number(0),
            $"Load from which requests migrate away from a {role} instance; below it they may come.",
            g => get(g).Threshold, (g, v) => set(g, get(g) with { Threshold = v })),
    ];
}
