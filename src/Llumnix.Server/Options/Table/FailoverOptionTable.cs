using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Health;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class FailoverOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, FailoverOptions> Group =
        new("Failover (full mode)", o => o.Failover, (o, g) => o with { Failover = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("failover-domain", Name, "Which instances a failed one takes out of service with it: instance (itself alone), node, instance-unit or node-unit.",
            g => g.Domain, (g, v) => g with { Domain = v }),
        Group.Row("instance-staleness-seconds", Seconds, "Silence after which an instance is stale, in seconds.",
            g => g.InstanceStaleness, (g, v) => g with { InstanceStaleness = v }),
        Group.Row("instance-probe-after-ms", MillisecondsOrZero,
            "Silence after which an instance is probed at its address each second: TCP, and /health where it speaks HTTP. Refused once, or failed three times "
            + "in a row, it gets no requests until it answers or its status changes. Longer than the time between two statuses of an idle engine, 1 s with a llumlet. "
            + "In milliseconds; 0: no probes. Not with --status-source engines.",
            g => g.ProbeAfter, (g, v) => g with { ProbeAfter = v }),
        Group.Row("max-unreachable-percent", Integer(1, 100),
            "How many of the healthy instances may be out since they are unreachable, in percent; one always may, all never.",
            g => g.MaxUnreachablePercent, (g, v) => g with { MaxUnreachablePercent = v }),
    ];
}
