using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Options;
using Llumnix.Server.Hosting;
using static Llumnix.Adapters.Options.Table.DurationTypes;

namespace Llumnix.Cli.Gateway;

/// <summary>The table of the flags of <c>llumnix gateway</c>.</summary>
internal static class GatewayOptionTable
{
    private const string HelpIntroduction = """
        Usage: llumnix gateway [flags]

        Each flag can also be given as an environment variable (LLUMNIX_GATEWAY_ and the name in upper case with underscores) or in
        the file of --config. Order, strongest first: --extra-args, flag, environment variable, file, default.
        """;

    private const string ReferenceIntroduction = """
        # Flags of llumnix gateway

        <!-- Generated from the option table. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Cli.Tests -->

        [The gateway](../gateway.md) says what the flags are for. Each can be given as a flag, as an environment variable (`LLUMNIX_GATEWAY_` and the name in
        upper case with underscores, as in `LLUMNIX_GATEWAY_SERVICE_TOKEN_FILE`) or in the file of `--config`, and `--extra-args` overrides all of them: as
        [for the scheduler](configuration.md).
        """;

    private static readonly OptionGroup<GatewayFlags, GatewayFlags> Schedulers = new("Schedulers", static o => o, static (_, g) => g);

    private static readonly GatewayRows<GatewayFlags> Shared = new(static o => o.Gateway, static (o, g) => o with { Gateway = g });

    private static readonly OptionType<IReadOnlyList<Uri>> Urls = new(
        "list of host:port",
        "a comma-separated list of host:port or http(s)://host:port",
        SchedulerUrls.TryRead,
        static urls => string.Join(',', urls.Select(static url => url.GetLeftPart(UriPartial.Authority)))) { Explain = SchedulerUrls.Explain };

    private static readonly OptionType<string> OnlyEndpoints = OptionTypes.Text with { Expected = "endpoints", IsInRange = static text => text == "endpoints" };

    /// <summary>The table.</summary>
    public static OptionTable<GatewayFlags> Instance { get; } = new(
    [
        .. Shared.Service,
        Schedulers.Row("scheduler-endpoints", Urls, "The schedulers, in the order in which they are asked. None: as --scheduling-policy round-robin.",
            g => g.SchedulerEndpoints, (g, v) => g with { SchedulerEndpoints = v }),
        Schedulers.Row("scheduler-discovery", OnlyEndpoints,
            "How schedulers are found: endpoints, those of --scheduler-endpoints.",
            g => g.SchedulerDiscovery, (g, v) => g with { SchedulerDiscovery = v }),
        Schedulers.Row("service-token", OptionTypes.Token, "Token for the schedulers. Process listings show flags: prefer the file.",
            g => g.ServiceToken, (g, v) => g with { ServiceToken = v }),
        Schedulers.SecretFileRow("service-token"),
        Schedulers.Row("scheduling-policy", OptionTypes.Text,
            "round-robin: no scheduler is asked, and requests go to the emptier of two random engines. Anything else: schedulers decide.",
            g => g.SchedulingPolicy, (g, v) => g with { SchedulingPolicy = v }),
        Schedulers.Row("requests-report-duration", WithUnit, "Time between two reports of running requests to the schedulers.",
            g => g.ReportInterval, (g, v) => g with { ReportInterval = v }),
        Schedulers.Row("forward-tokens", OptionTypes.Boolean,
            "Send schedulers the token ids of prompts, where clients send ids or --prompt-tokens=engine finds them; needed for cache-aware scheduling.",
            g => g.Gateway.IsTokensForwarded, (g, v) => g with { Gateway = g.Gateway with { IsTokensForwarded = v } }),
        Schedulers.Row("forward-prompt-hashes", OptionTypes.Boolean,
            "Send schedulers hashes of the chunks of prompts whose token ids are not sent; needed for --cache-aware-source=history.",
            g => g.Gateway.ArePromptsHashed, (g, v) => g with { Gateway = g.Gateway with { ArePromptsHashed = v } }),
        .. Shared.Requests,
        .. Shared.Disaggregation,
        .. Shared.Routes,
        .. Shared.Traces,
        .. FleetDiscovery.Rows<GatewayFlags>("Discovery", static o => o.Discovery, static (o, g) => o with { Discovery = g }),
        .. ReplacedFlags.Rows,
    ])
    {
        Defaults = new GatewayFlags(),
        EnvironmentPrefix = "LLUMNIX_GATEWAY_",
        HelpIntroduction = HelpIntroduction,
        ReferenceIntroduction = ReferenceIntroduction,
        FindErrors = static assigned =>
            [.. GatewayRules.FindErrors(assigned, assigned.Options.Gateway), .. FleetDiscovery.FindErrors(assigned, assigned.Options.Discovery)],
        FindWarnings = static assigned => [.. GatewayRules.FindWarnings(assigned, assigned.Options.Gateway), .. FindUnknownPolicy(assigned)],
    };

    /// <summary>An unknown policy leaves it to the schedulers, as a known one does; so it is no error.</summary>
    private static IEnumerable<OptionProblem> FindUnknownPolicy(AssignedOptions<GatewayFlags> assigned)
    {
        IEnumerable<string> known = [GatewayFlags.RoundRobin, .. SchedulerProgram.KnownNames.FullModePolicies, .. SchedulerProgram.KnownNames.LiteModePolicies];
        return known.Contains(assigned.Options.SchedulingPolicy)
            ? []
            : [assigned.Problem("scheduling-policy", $"is no policy that schedulers have; only {GatewayFlags.RoundRobin} makes a difference to the gateway")];
    }
}
