using Llumnix.Adapters.Otlp;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Routing;

namespace Llumnix.Gateway.Options;

/// <summary>What a gateway runs with.</summary>
public sealed record GatewayOptions
{
    /// <summary>Address to listen on, an IP address or <c>localhost</c>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port to listen on, 0 to 65535; 0 takes any free port.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Longest body that is taken, in bytes, at least 1: requests carry images.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Memory that the bodies of all requests may take together, in MiB; 0: an eighth of the process's memory.</summary>
    public int MaxBodyMemoryMiB { get; init; }

    /// <summary>Largest number of connections, 1 or above. Further ones are told 503; probes are answered nevertheless.</summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>Largest number of connections per address, 1 or above.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 16_384;

    /// <summary>PEM file of the listener's certificate, with its chain; empty for plain HTTP.</summary>
    public string TlsCertificateFile { get; init; } = "";

    /// <summary>PEM file of the certificate's private key, not encrypted; empty for plain HTTP.</summary>
    public string TlsKeyFile { get; init; } = "";

    /// <summary>How often a request is placed again after an engine failed, before the client has seen anything; 0 or above.</summary>
    public int RetryMaxCount { get; init; } = 2;

    /// <summary>How many requests may wait for room in an instance at a time, 0 or above.</summary>
    public int MaxQueueSize { get; init; } = 512;

    /// <summary>How long a request waits for room in an instance, 0 or above.</summary>
    public TimeSpan WaitSchedulingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time until it is tried again to place those that wait, above 0.</summary>
    public TimeSpan WaitSchedulingRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time to connect to an engine, above 0.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time until the whole body of a request has arrived, above 0.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest time until an engine begins to answer, above 0.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest time in which nothing of an answer moves, neither from the engine nor to the client; above 0.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an engine that cannot be connected to is left alone, 0 or above.</summary>
    public TimeSpan EngineRest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests that are under way may go on after a signal to stop, 0 or above.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>JSON file of the API keys that clients need, read again when it changes; empty: they need none.</summary>
    public string ApiKeyFile { get; init; } = "";

    /// <summary>File of the API key that engines ask for, read again when it changes; empty: they ask for none.</summary>
    public string EngineApiKeyFile { get; init; } = "";

    /// <summary>Where traces are sent by OTLP, http or https; null: none are made.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Whether OTLP is spoken over plain HTTP and not over gRPC.</summary>
    public bool IsOtlpOverHttp { get; init; }

    /// <summary>The collector of traces of these two; null where no endpoint is given.</summary>
    internal OtlpCollector? TraceCollector => OtlpEndpoint is null ? null : new OtlpCollector
    {
        Endpoint = IsOtlpOverHttp && OtlpEndpoint.AbsolutePath == "/" ? new Uri(OtlpEndpoint, "/v1/traces") : OtlpEndpoint,
        IsOverHttp = IsOtlpOverHttp,
    };

    /// <summary>How the length of a prompt in tokens is known.</summary>
    public PromptTokenSource PromptTokens { get; init; }

    /// <summary>Whether schedulers are sent the token ids of prompts, where clients or engines tell them; else their number alone.</summary>
    public bool IsTokensForwarded { get; init; }

    /// <summary>Whether schedulers are told hashes of the prompt's chunks where no token ids are told, to estimate prefix hits from their placements.</summary>
    public bool ArePromptsHashed { get; init; }

    /// <summary>How prefill and decode engines are told of each other.</summary>
    public PdProtocol PdProtocol { get; init; }

    /// <summary>With a protocol: whether the decode instance is chosen by a decision of its own, instead of together with the prefill instance.</summary>
    public bool IsPdStaged { get; init; }

    /// <summary>With SGLang: port of the prefill engines' bootstrap servers, 0 to 65535; 0: the engines' own default.</summary>
    public int BootstrapPort { get; init; }

    /// <summary>How the route of a request is chosen: weight, prefix, or empty for the fleet.</summary>
    public string RoutePolicyName { get; init; } = "";

    /// <summary>The routes to external endpoints as JSON, which holds their keys; empty for none.</summary>
    public Secret RouteConfig { get; init; }

    /// <summary>The routes to external endpoints; null: all requests go to the fleet. Made of the two before by <see cref="WithRoutes"/>.</summary>
    public RouteTable? Routes { get; init; }

    /// <summary>The options with the routes that they describe.</summary>
    /// <param name="problem">What is wrong with them; null when nothing is, and only then the result has routes.</param>
    public GatewayOptions WithRoutes(out string? problem)
    {
        problem = RouteConfiguration.Read(RoutePolicyName, RouteConfig.Reveal(), out RouteTable? table);
        return this with { Routes = table };
    }

    /// <summary>JSON file of the endpoint that gets copies of requests, read again when it changes; empty: none are made.</summary>
    public string MirrorFile { get; init; } = "";

    /// <summary>Whether engines are sent the client's credentials: <c>Authorization</c>, <c>Cookie</c>, <c>x-api-key</c> and <c>api-key</c>. They are not where engines have a key of their own.</summary>
    public bool IsAuthorizationForwarded { get; init; }

    /// <summary>Whether an answer tells the client the engine that it is from, as <c>host:port</c> in the header <c>x-llumnix-engine</c>.</summary>
    public bool IsEngineTold { get; init; }
}
