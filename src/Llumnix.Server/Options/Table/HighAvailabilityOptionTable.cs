using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

/// <summary>The rows of the flags for several schedulers of which one decides.</summary>
internal static class HighAvailabilityOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, HighAvailabilityOptions> Group =
        new("High availability", o => o.HighAvailability, (o, g) => o with { HighAvailability = g });

    private static readonly OptionType<LeaseStoreKind> Store = Choice(
        ("none", LeaseStoreKind.None), ("redis", LeaseStoreKind.Redis), ("etcd", LeaseStoreKind.Etcd), ("kubernetes", LeaseStoreKind.Kubernetes));

    private static readonly OptionType<ReplicaMode> Mode = Choice(
        ("auto", ReplicaMode.Automatic), ("leader", ReplicaMode.Leader), ("active-active", ReplicaMode.ActiveActive));

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("ha-mode", Mode,
            "leader: one scheduler decides and the others forward to it, which needs --ha-lease. active-active: each decides and counts the placements of the others, which needs "
            + "--ha-port and --ha-peers and excludes --ha-lease. auto: leader with --ha-lease, otherwise active-active.",
            g => g.Mode, (g, v) => g with { Mode = v }),
        Group.Row("ha-lease", Store,
            "Where replicas of the scheduler agree on a leader: redis is the CMS Redis, or the discovery Redis where there is no CMS; etcd that of discovery; none: one scheduler.",
            g => g.Lease, (g, v) => g with { Lease = v }),
        Group.Row("ha-lease-name", Name, "Name of the lease, the same for all replicas: lower-case letters, digits and hyphens.",
            g => g.LeaseName, (g, v) => g with { LeaseName = v }),
        Group.Row("ha-lease-ttl-ms", Milliseconds, "Time after which a leader that is gone is followed by another one, in milliseconds; 2000 or more.",
            g => g.LeaseTtl, (g, v) => g with { LeaseTtl = v }),
        Group.Row("ha-advertise-address", Text, "Where the other replicas reach this one: host:port.",
            g => g.AdvertiseAddress, (g, v) => g with { AdvertiseAddress = v }),
    ];
}
