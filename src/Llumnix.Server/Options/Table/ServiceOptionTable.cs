using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class ServiceOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, ServiceOptions> Group = new("Service", o => o.Service, (o, g) => o with { Service = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("host", ListenHost, "IP address to listen on, or localhost.", g => g.Host, (g, v) => g with { Host = v }),
        Group.Row("port", Integer(0, 65535), "Port to listen on; 0 takes any free one.", g => g.Port, (g, v) => g with { Port = v }),
        Group.Row("service-token", OptionTypes.Token,
            "Token that gateways, other replicas and commands must send; without it whoever reaches the port may place requests. Process listings "
            + "show flags: prefer the file.",
            g => g.Token, (g, v) => g with { Token = v }),
        Group.SecretFileRow("service-token"),
        Group.Row("metrics-token", OptionTypes.Token, "Token that callers of /metrics must send; without it /metrics is open.",
            g => g.MetricsToken, (g, v) => g with { MetricsToken = v }),
        Group.SecretFileRow("metrics-token"),
        Group.Row("admin-port", Integer(0, 65535), "Port for /metrics, /debug/explain and /admin/drain, which the service's port then refuses; 0 for none.",
            g => g.AdminPort, (g, v) => g with { AdminPort = v }),
        Group.Row("tls-cert-file", FilePath, "PEM file of the listener's certificate and its chain; read again when it changes.",
            g => g.TlsCertificateFile, (g, v) => g with { TlsCertificateFile = v }),
        Group.Row("tls-key-file", FilePath, "PEM file of the certificate's private key, not encrypted; read again when it changes.",
            g => g.TlsKeyFile, (g, v) => g with { TlsKeyFile = v }),
        Group.Row("max-connections", Integer(1, 1_000_000), "Connections at a time; those over it get 503, only probes are still answered.",
            g => g.MaxConnections, (g, v) => g with { MaxConnections = v }),
        Group.Row("max-connections-per-address", Integer(1, 1_000_000), "Connections of one client address at a time; those over it get 503.",
            g => g.MaxConnectionsPerAddress, (g, v) => g with { MaxConnectionsPerAddress = v }),
        Group.Row("max-body-memory-mib", Integer(0, 1_048_576),
            "Memory that bodies may take while they are read, over all requests, in MiB; 0: an eighth of the memory there is.",
            g => g.MaxBodyMemoryMiB, (g, v) => g with { MaxBodyMemoryMiB = v }),
        Group.Row("shutdown-grace-seconds", SecondsOrZero,
            "Time after SIGTERM in which requests are still accepted and told to come back on another connection, in seconds.",
            g => g.ShutdownGrace, (g, v) => g with { ShutdownGrace = v }),
        Group.Row("enable-log-input", OptionTypes.Boolean, "Log the fields of each request, never its token ids.",
            g => g.IsInputLogged, (g, v) => g with { IsInputLogged = v }),
        Group.Row("v", Integer(0, 5), "Log verbosity, 0 to 5.", g => g.Verbosity, (g, v) => g with { Verbosity = v }),
        Group.Row("seed", Integer(0), "Seed of the random choices; 0 takes one from entropy.", g => g.Seed, (g, v) => g with { Seed = v }),
        Group.ConfigRow(),
        Group.ExtraArgumentsRow(),
        Group.HelpRow(),
        Group.VersionRow(),
    ];
}
