using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class DispatchOptionTable
{
    private const string Title = "Dispatch";

    private static readonly OptionGroup<SchedulerOptions, DispatchOptions> Group = new(Title, o => o.Dispatch, (o, g) => o with { Dispatch = g });

    private static readonly OptionGroup<SchedulerOptions, LedgerOptions> Ledger = new(Title, o => o.Ledger, (o, g) => o with { Ledger = g });

    private static readonly OptionGroup<SchedulerOptions, CacheAwareOptions> CacheAware = new(Title, o => o.CacheAware, (o, g) => o with { CacheAware = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("dispatch-top-k", Integer(1), "Choose uniformly among this many best instances.",
            g => g.TopK, (g, v) => g with { TopK = v }),
        .. LoadRows("neutral", g => g.Neutral, (g, v) => g with { Neutral = v }),
        .. LoadRows("prefill", g => g.Prefill, (g, v) => g with { Prefill = v }),
        .. LoadRows("decode", g => g.Decode, (g, v) => g with { Decode = v }),
        CacheAware.Row("dispatch-prefill-cache-locality-metric", Name,
            "Metric that goes first for prefill and neutral when cache-aware scheduling is on.",
            g => g.LocalityMetric, (g, v) => g with { LocalityMetric = v }),
        CacheAware.Row("dispatch-cache-locality-tolerance", Number(0),
            "Instances that are worse than the best in --dispatch-prefill-cache-locality-metric by at most this many tokens count as equally good, "
            + "and the load decides.",
            g => g.LocalityTolerance, (g, v) => g with { LocalityTolerance = v }),
        Ledger.Row("enable-instance-status-local-account", OptionTypes.Boolean,
            "Count a placed request as load of its instance until a status of the engine names it.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Ledger.Row("request-local-account-staleness-seconds", Seconds,
            "How long a placed request counts as load when no status of its engine names it, in seconds.",
            g => g.EntryLifetime, (g, v) => g with { EntryLifetime = v }),
    ];

    private static IEnumerable<OptionDefinition<SchedulerOptions>> LoadRows(
        string role, Func<DispatchOptions, LoadCriterion> get, Func<DispatchOptions, LoadCriterion, DispatchOptions> set) =>
    [
        Group.Row($"dispatch-{role}-load-metric", Name, $"Load metric by which {role} instances are compared; num_tokens unless set in lite mode.",
            g => get(g).Metric, (g, v) => set(g, get(g) with { Metric = v })),
        Group.Row($"dispatch-{role}-load-threshold", Number(0), $"Load from which a {role} instance is taken only when no other is left.",
            g => get(g).Threshold, (g, v) => set(g, get(g) with { Threshold = v })),
    ];
}
