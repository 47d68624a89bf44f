using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Cli.Serve;

/// <summary>The table of the flags of <c>llumnix serve</c>.</summary>
internal static class ServeOptionTable
{
    private const string HelpIntroduction = """
        Usage: llumnix serve [flags]

        Each flag can also be given as an environment variable (LLUMNIX_SERVE_ and the name in upper case with underscores) or in
        the file of --config. Order, strongest first: --extra-args, flag, environment variable, file, default.
        """;

    private const string ReferenceIntroduction = """
        # Flags of llumnix serve

        <!-- Generated from the option table. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Cli.Tests -->

        [The gateway](../gateway.md) says what the flags are for. Each can be given as a flag, as an environment variable (`LLUMNIX_SERVE_` and the name in
        upper case with underscores, as in `LLUMNIX_SERVE_MAX_QUEUE_SIZE`) or in the file of `--config`, and `--extra-args` overrides all of them: as
        [for the scheduler](configuration.md).
        """;

    private static readonly OptionGroup<ServeSettings, ServeSettings> Engines = new("Engines", static o => o, static (_, g) => g);

    private static readonly GatewayRows<ServeSettings> Shared = new(static o => o.Gateway, static (o, g) => o with { Gateway = g });

    private static readonly OptionType<IReadOnlyList<ListedEngine>> Urls = new(
        "list of URLs",
        "a comma-separated list of host:port or http://host:port",
        EngineUrls.TryRead,
        EngineUrls.Write) { Explain = EngineUrls.Explain };

    private static readonly OptionType<IReadOnlyList<int>> Ports = new(
        "list of ports", "a comma-separated list of ports from 1 to 65535", KvTransferPorts.TryRead, static ports => string.Join(',', ports));

    /// <summary>The table.</summary>
    public static OptionTable<ServeSettings> Instance { get; } = new(
    [
        Engines.Row("engines", Urls, "The engines, each as http://host:port; name=a,role=prefill,model=m@ before it says more.", g => g.Engines, (g, v) => g with { Engines = v }),
        Engines.Row("prefill-engines", Urls, "With --pd-disagg-protocol: the engines for prefill, in place of --engines.",
            g => g.PrefillEngines, (g, v) => g with { PrefillEngines = v }),
        Engines.Row("decode-engines", Urls, "With --pd-disagg-protocol: the engines for decode, in place of --engines.",
            g => g.DecodeEngines, (g, v) => g with { DecodeEngines = v }),
        Engines.Row("kv-transfer-ports", Ports,
            "With vllm-kvt: ports of the prefill engines' KV transfer, in their order, or one for all. Without it 20000 above the engine's port.",
            g => g.KvTransferPorts, (g, v) => g with { KvTransferPorts = v }),
        Engines.Row("engine-metrics", OptionTypes.Boolean,
            "Schedule by what engines' own metrics say of their load, where they have any (vLLM, SGLang); false: by what was sent to them alone.",
            g => g.AreEngineMetricsRead, (g, v) => g with { AreEngineMetricsRead = v }),
        Engines.Row("cache-aware", OptionTypes.Boolean,
            "Prefer engines that hold the beginning of a long prompt in their prefix caches, as estimated from where earlier prompts went.",
            g => g.IsCacheAware, (g, v) => g with { IsCacheAware = v }),
        .. Shared.Service,
        .. Shared.Requests,
        .. Shared.Disaggregation,
        .. Shared.Routes,
        .. Shared.Traces,
        .. ConsoleRows.Make<ServeSettings>(static o => o.Console, static (o, g) => o with { Console = g }),
    ])
    {
        Defaults = new ServeSettings(),
        EnvironmentPrefix = "LLUMNIX_SERVE_",
        HelpIntroduction = HelpIntroduction,
        ReferenceIntroduction = ReferenceIntroduction,
        FindErrors = static assigned =>
        [
            .. GatewayRules.FindErrors(assigned, assigned.Options.Gateway),
            .. EngineRules.FindErrors(assigned),
            .. ConsoleRows.FindErrors(
                assigned, assigned.Options.Console, assigned.Options.Gateway.Port, hasReaders: assigned.Options.Gateway.ApiKeyFile.Length > 0),
        ],
        FindWarnings = static assigned => GatewayRules.FindWarnings(assigned, assigned.Options.Gateway),
    };
}
