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
        Group.Row("failover-domain", Name, "Failure domain: instance, node, instance-unit or node-unit.",
            g => g.Domain, (g, v) => g with { Domain = v }),
        Group.Row("instance-staleness-seconds", Seconds, "Silence after which an instance is stale, in seconds.",
            g => g.InstanceStaleness, (g, v) => g with { InstanceStaleness = v }),
    ];
}
