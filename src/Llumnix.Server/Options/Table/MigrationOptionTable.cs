using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class MigrationOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, RequestSelection> Group = new(
        "Migration (full mode)",
        o => ReschedulingOptionTable.LoadBalance.Get(o).Selection,
        (o, g) => ReschedulingOptionTable.LoadBalance.Set(o, ReschedulingOptionTable.LoadBalance.Get(o) with { Selection = g }));

    private static readonly OptionType<RequestSelectRule> Rule =
        Choice(("NUM_REQ", RequestSelectRule.Requests), ("TOKEN", RequestSelectRule.Tokens), ("RATIO", RequestSelectRule.CacheRatio));

    private static readonly OptionType<RequestSelectOrder> Order = Choice(
        ("LCR", RequestSelectOrder.LastComeRunning),
        ("FCR", RequestSelectOrder.FirstComeRunning),
        ("LR", RequestSelectOrder.LongestRunning),
        ("SR", RequestSelectOrder.ShortestRunning),
        ("FCW", RequestSelectOrder.FirstComeWaiting),
        ("FCWSR", RequestSelectOrder.FirstComeWaitingThenShortestRunning));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("rescheduling-req-select-rule", Rule, "Unit of the amount to migrate: requests, tokens or a share of the KV cache.",
            g => g.Rule, (g, v) => g with { Rule = v }),
        Group.Row("rescheduling-req-select-order", Order,
            "Which requests migrate first: LCR the last that came and FCR the first, of those that run; LR the longest and SR the shortest of "
            + "these; FCW the first that waits; FCWSR first that, then the shortest that runs.",
            g => g.Order, (g, v) => g with { Order = v }),
        Group.Row("rescheduling-req-select-value", Number(-1), "Amount to migrate, in the rule's unit; -1 with NUM_REQ means all.",
            g => g.Value, (g, v) => g with { Value = v }),
    ];
}
