using System.Net;
using Llumnix.Adapters.Options.Table;
using Llumnix.Gateway.Options;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Cli.Options;

/// <summary>The rows of the flags that <c>serve</c> and <c>gateway</c> share.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
/// <param name="get">Gets the gateway's options.</param>
/// <param name="set">Returns the options with the gateway's replaced.</param>
internal sealed class GatewayRows<TOptions>(Func<TOptions, GatewayOptions> get, Func<TOptions, GatewayOptions, TOptions> set)
{
    private readonly OptionGroup<TOptions, GatewayOptions> _service = new("Service", get, set);
    private readonly OptionGroup<TOptions, GatewayOptions> _requests = new("Requests", get, set);
    private readonly OptionGroup<TOptions, GatewayOptions> _disaggregation = new("Prefill and decode apart", get, set);
    private readonly OptionGroup<TOptions, GatewayOptions> _routes = new("Routes", get, set);
    private readonly OptionGroup<TOptions, GatewayOptions> _traces = new("Traces", get, set);

    /// <summary>The listener, its bounds and who may use it.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Service =>
    [
        _service.Row("host", ListenHost, "IP address to listen on, or localhost.", g => g.Host, (g, v) => g with { Host = v }),
        _service.Row("port", Integer(0, IPEndPoint.MaxPort), "Port to listen on; 0 takes any free one.", g => g.Port, (g, v) => g with { Port = v }),
        _service.Row("api-key-file", FilePath, "JSON file of the API keys that clients need; read again when it changes. Without it they need none.",
            g => g.ApiKeyFile, (g, v) => g with { ApiKeyFile = v }),
        _service.Row("engine-api-key-file", FilePath,
            "File of the API key that engines ask for (vLLM's and SGLang's --api-key); read again when it changes. Engines then never see the clients' credentials.",
            g => g.EngineApiKeyFile, (g, v) => g with { EngineApiKeyFile = v }),
        _service.Row("forward-authorization", OptionTypes.Boolean, "Send the clients' credentials (Authorization, Cookie, x-api-key, api-key) on to the engines.",
            g => g.IsAuthorizationForwarded, (g, v) => g with { IsAuthorizationForwarded = v }),
        _service.Row("tls-cert-file", FilePath, "PEM file of the listener's certificate and its chain; read again when it changes.",
            g => g.TlsCertificateFile, (g, v) => g with { TlsCertificateFile = v }),
        _service.Row("tls-key-file", FilePath, "PEM file of the certificate's private key, not encrypted; read again when it changes.",
            g => g.TlsKeyFile, (g, v) => g with { TlsKeyFile = v }),
        _service.Row("max-connections", Integer(1, 1_000_000), "Connections at a time; those over it get 503, only probes are still answered.",
            g => g.MaxConnections, (g, v) => g with { MaxConnections = v }),
        _service.Row("max-connections-per-address", Integer(1, 1_000_000), "Connections of one client address at a time; those over it get 503.",
            g => g.MaxConnectionsPerAddress, (g, v) => g with { MaxConnectionsPerAddress = v }),
        _service.Row("max-body-mib", Integer(1, 1024), "Longest body of a request, in MiB.", g => g.MaxBodyBytes >> 20, (g, v) => g with { MaxBodyBytes = v << 20 }),
        _service.Row("max-body-memory-mib", Integer(0, 1_048_576), "Memory of all bodies together, in MiB; 0: an eighth of the memory there is.",
            g => g.MaxBodyMemoryMiB, (g, v) => g with { MaxBodyMemoryMiB = v }),
        _service.Row("drain-timeout", WithUnitOrZero, "How long requests go on after SIGTERM.", g => g.DrainTimeout, (g, v) => g with { DrainTimeout = v }),
        _service.ConfigRow(),
        _service.ExtraArgumentsRow(),
        _service.HelpRow(),
        _service.VersionRow(),
    ];

    /// <summary>How requests wait, are placed and are tried again.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Requests =>
    [
        _requests.Row("max-queue-size", Integer(0, 1_000_000), "How many requests may wait for room in an engine at a time; more get 429.",
            g => g.MaxQueueSize, (g, v) => g with { MaxQueueSize = v }),
        _requests.Row("wait-scheduling-timeout", WithUnitOrZero, "How long a request waits for room in an engine.",
            g => g.WaitSchedulingTimeout, (g, v) => g with { WaitSchedulingTimeout = v }),
        _requests.Row("wait-scheduling-retry-interval", WithUnit, "Longest time between two attempts to place a request that waits for room.",
            g => g.WaitSchedulingRetryInterval, (g, v) => g with { WaitSchedulingRetryInterval = v }),
        _requests.Row("retry-max-count", Integer(0, 100), "How often a request is placed again after an engine failed, before the client has seen anything.",
            g => g.RetryMaxCount, (g, v) => g with { RetryMaxCount = v }),
        _requests.Row("engine-response-timeout", WithUnit, "How long an engine may take until it begins to answer.",
            g => g.ResponseTimeout, (g, v) => g with { ResponseTimeout = v }),
        _requests.Row("engine-idle-timeout", WithUnit, "How long nothing of an answer may move, neither from the engine nor to the client.",
            g => g.IdleTimeout, (g, v) => g with { IdleTimeout = v }),
        _requests.Row("prompt-tokens", GatewayTypes.PromptTokens, "How the length of a prompt is known: estimate, or engine: by the /tokenize of an engine, which costs a call per request.",
            g => g.PromptTokens, (g, v) => g with { PromptTokens = v }),
    ];

    /// <summary>How prefill and decode engines work together.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Disaggregation =>
    [
        _disaggregation.Row("pd-disagg-protocol", GatewayTypes.Protocol, "How prefill and decode engines are told of each other. vllm-mooncake is for all connectors of the NIXL shape.",
            g => g.PdProtocol, (g, v) => g with { PdProtocol = v }),
        _disaggregation.Row("separate-pd-scheduling", OptionTypes.Boolean, "Choose the decode engine by a decision of its own, after the prefill, instead of both at once.",
            g => g.IsPdStaged, (g, v) => g with { IsPdStaged = v }),
        _disaggregation.Row("bootstrap-port", Integer(0, IPEndPoint.MaxPort), "With sglang-mooncake: port of the prefill engines' bootstrap servers; 0: SGLang's default.",
            g => g.BootstrapPort, (g, v) => g with { BootstrapPort = v }),
    ];

    /// <summary>Routes to external endpoints.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Routes =>
    [
        _routes.Row("route-policy", Text, "How the route of a request is chosen: weight or prefix. Empty: the fleet, and after it the routes with \"fallback\": true.",
            g => g.RoutePolicyName, (g, v) => g with { RoutePolicyName = v }),
        _routes.Row("route-config", OptionTypes.Secret, "The routes to external endpoints, a JSON array. Process listings show flags: prefer the file where it holds keys.",
            g => g.RouteConfig, (g, v) => g with { RouteConfig = v }),
        _routes.SecretFileRow("route-config"),
        _routes.Row("mirror-config-file", FilePath, "JSON file of an endpoint that gets copies of a part of the requests; read again when it changes. Without it none are made.",
            g => g.MirrorFile, (g, v) => g with { MirrorFile = v }),
    ];

    /// <summary>Traces.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Traces =>
    [
        _traces.Row("otlp-endpoint", GatewayTypes.Collector, "Collector that traces are sent to, http://host:4317, in place of the one of OTEL_EXPORTER_OTLP_ENDPOINT. Without any none are made.",
            g => g.OtlpEndpoint, (g, v) => g with { OtlpEndpoint = v }),
        _traces.Row("otlp-protocol", GatewayTypes.IsOverHttp, "How the collector is spoken to.", g => g.IsOtlpOverHttp, (g, v) => g with { IsOtlpOverHttp = v })
            with { IsBoolean = false },
    ];
}
