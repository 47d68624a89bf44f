using Llumnix.Adapters.Llumlets;
using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class LlumletGrpcOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, LlumletOptions> Group =
        new("Llumlet gRPC (full mode)", o => o.Llumlets, (o, g) => o with { Llumlets = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("llumlet-grpc-connection-pool-size", Integer(1), "Most connections to llumlets that are kept open.",
            g => g.PoolSize, (g, v) => g with { PoolSize = v }),
        Group.Row("llumlet-grpc-timeout-seconds", Seconds, "Bound on one migration call, in seconds.",
            g => g.Timeout, (g, v) => g with { Timeout = v }),
        Group.Row("llumlet-grpc-tls", OptionTypes.Boolean, "TLS for the calls to llumlets.", g => g.UseTls, (g, v) => g with { UseTls = v }),
        Group.Row("llumlet-grpc-ca-file", FilePath, "PEM file of the authorities that sign the llumlets' certificates; empty for the system's.",
            g => g.CaFile, (g, v) => g with { CaFile = v }),
    ];
}
