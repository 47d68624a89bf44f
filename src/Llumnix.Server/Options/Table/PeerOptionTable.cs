using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

/// <summary>The rows of the flags for replicas that tell each other of their placements.</summary>
internal static class PeerOptionTable
{
    private const int DefaultPort = 8003;

    private static readonly OptionGroup<SchedulerOptions, PeerOptions> Group =
        new("High availability", o => o.Peers, (o, g) => o with { Peers = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("ha-port", Integer(0, 65535),
            "Port where other replicas tell their placements, with the service's token and certificate; 0: placements are told to nobody.",
            g => g.Port, (g, v) => g with { Port = v }),
        Group.Row("ha-peers", ListTypes.Endpoints(DefaultPort),
            "The replicas that are told this one's placements, by their --ha-port; the list may contain this one. Without it, those that --ha-lease tells of.",
            g => g.Peers, (g, v) => g with { Peers = v }),
        Group.Row("ha-ca-file", FilePath, "PEM file of the certificate authorities of the other replicas; without it the system's.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
        Group.Row("ha-batch-interval-ms", MillisecondsOrZero,
            "Least time between two batches of placements to a replica, in milliseconds; the first one after a pause goes at once. 0: 100 where one leads (--ha-lease), otherwise 1.",
            g => g.BatchInterval, (g, v) => g with { BatchInterval = v }),
    ];
}
