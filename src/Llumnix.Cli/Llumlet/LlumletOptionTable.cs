using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Options;
using Llumnix.Cli.Serve;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Cli.Llumlet;

/// <summary>The table of the flags of <c>llumnix llumlet</c>.</summary>
internal static class LlumletOptionTable
{
    private const string HelpIntroduction = """
        Usage: llumnix llumlet --engine http://127.0.0.1:8000 --advertised-ip IP --cms-redis-host HOST [flags]

        Reads a plain vLLM or SGLang engine beside it and writes its load into the CMS. Each flag can also be given as an environment
        variable (LLUMNIX_LLUMLET_ and the name in upper case with underscores) or in the file of --config. Order, strongest first:
        --extra-args, flag, environment variable, file, default.
        """;

    private const string ReferenceIntroduction = """
        # Flags of llumnix llumlet

        <!-- Generated from the option table. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Cli.Tests -->

        [Plain engines](../plain-engines.md) says what the sidecar is for. Each flag can be given as a flag, as an environment variable (`LLUMNIX_LLUMLET_` and the
        name in upper case with underscores, as in `LLUMNIX_LLUMLET_ADVERTISED_IP`) or in the file of `--config`, and `--extra-args` overrides all of them: as
        [for the scheduler](configuration.md).
        """;

    private static readonly OptionGroup<LlumletSettings, LlumletSettings> Engine = new("Engine", static o => o, static (_, g) => g);

    private static readonly OptionGroup<LlumletSettings, LlumletSettings> Service = new("Service", static o => o, static (_, g) => g);

    private static readonly OptionGroup<LlumletSettings, LlumletSettings> Cms = new("CMS", static o => o, static (_, g) => g);

    private static readonly OptionGroup<LlumletSettings, EngineStatusOptions> Reading =
        new("Engine", static o => o.Reading, static (o, g) => o with { Reading = g });

    private static readonly OptionType<IReadOnlyList<ListedEngine>> Url = new(
        "URL", "http://host:port of one engine, without user, path and query",
        static (string text, out IReadOnlyList<ListedEngine> engines) => EngineUrls.TryRead(text, out engines) && engines is [{ Name: "", Role: null, Model: "" }],
        EngineUrls.Write)
    {
        Explain = static text => EngineUrls.Explain(text)
            ?? (EngineUrls.TryRead(text, out IReadOnlyList<ListedEngine> engines) && engines.Count > 1 ? "it names several engines" : "it says more than the address, or nothing"),
    };

    private static readonly OptionType<string> IpAddress = Text with
    {
        Kind = "IP address", Expected = "an IP address", IsInRange = static text => text.Length == 0 || IPAddress.TryParse(text, out _),
    };

    private static readonly OptionType<InferType> Type =
        Choice(("neutral", InferType.Neutral), ("prefill", InferType.Prefill), ("decode", InferType.Decode));

    /// <summary>The table.</summary>
    public static OptionTable<LlumletSettings> Instance { get; } = new(
    [
        Engine.Row("engine", Url, "The engine beside the llumlet, as http://host:port.", g => g.Engines, (g, v) => g with { Engines = v }),
        Engine.Row("advertised-ip", IpAddress, "IP address under which gateways reach the engine. Without it the host in --engine.",
            g => g.AdvertisedHost, (g, v) => g with { AdvertisedHost = v }),
        Engine.Row("advertised-port", Integer(0, IPEndPoint.MaxPort), "Port under which gateways reach the engine; 0: the one in --engine.",
            g => g.AdvertisedPort, (g, v) => g with { AdvertisedPort = v }),
        Engine.Row("instance-id", Text, "Id of the instance in the CMS, which no other one may have. Without it the host's name and the engine's port.",
            g => g.InstanceId, (g, v) => g with { InstanceId = v }),
        Engine.Row("instance-type", Type, "What the instance is deployed to do.", g => g.InferType, (g, v) => g with { InferType = v }),
        Engine.Row("data-parallel-size", Integer(1, 1024), "Data-parallel ranks of the engine. Each is an instance; its id ends with _dp and the rank.",
            g => g.DataParallelSize, (g, v) => g with { DataParallelSize = v }),
        Engine.Row("tensor-parallel-size", Integer(0, 1024), "Tensor-parallel ranks; 0: unknown.", g => g.TensorParallelSize, (g, v) => g with { TensorParallelSize = v }),
        Engine.Row("node-id", Text, "Name of the machine that the engine runs on, for failover domains.", g => g.NodeId, (g, v) => g with { NodeId = v }),
        Engine.Row("unit-id", Text, "Name of the deployment unit that fails as one with the engine, for failover domains.", g => g.UnitId, (g, v) => g with { UnitId = v }),
        Engine.Row("block-size", Integer(0), "KV block size of the engine in tokens; 0: unknown.", g => g.BlockSize, (g, v) => g with { BlockSize = v }),
        Engine.Row("max-num-batched-tokens", Integer(0), "Largest number of tokens in one step of the engine; 0: what the scheduler assumes.",
            g => g.MaxBatchedTokens, (g, v) => g with { MaxBatchedTokens = v }),
        Engine.Row("kv-transfer-port", Integer(0, IPEndPoint.MaxPort), "The engine's port for KV transfers; 0: none.",
            g => g.KvTransferPort, (g, v) => g with { KvTransferPort = v }),
        Reading.Row("engine-metrics-interval-ms", Milliseconds, "Time between two reads of the engine's metrics, in milliseconds.",
            g => g.Scraper.Interval, (g, v) => g with { Scraper = g.Scraper with { Interval = v } }),
        Reading.Row("engine-metrics-lag-ms", Milliseconds,
            "How long, in milliseconds and beside a step of the engine, a placed request takes until the engine's metrics show it.",
            g => g.Lag, (g, v) => g with { Lag = v }),
        Reading.Row("engine-api-key-file", FilePath,
            "File of the API key that engines ask for (vLLM's and SGLang's --api-key), sent with the questions for their load and models; read again when it changes.",
            g => g.Scraper.ApiKeyFile, (g, v) => g with { Scraper = g.Scraper with { ApiKeyFile = v } }),
        .. CmsOptionTable.MakeRedis<LlumletSettings>("CMS", static o => o.Redis, static (o, g) => o with { Redis = g }),
        Cms.Row("cms-key-lifetime-seconds", Seconds, "Lifetime of the instance's keys in the CMS, in seconds, for when the llumlet dies without deleting them.",
            g => g.KeyLifetime, (g, v) => g with { KeyLifetime = v }),
        Service.Row("host", ListenHost, "IP address to listen on, or localhost.", g => g.Host, (g, v) => g with { Host = v }),
        Service.Row("port", Integer(0, IPEndPoint.MaxPort), "Port of /healthz and /readyz; 0 takes any free one.", g => g.Port, (g, v) => g with { Port = v }),
        Service.Row("grpc-port", Integer(0, IPEndPoint.MaxPort), "Port of the gRPC service, which answers migrations with \"not supported\"; 0 takes any free one.",
            g => g.GrpcPort, (g, v) => g with { GrpcPort = v }),
        Service.ConfigRow(),
        Service.ExtraArgumentsRow(),
        Service.HelpRow(),
        Service.VersionRow(),
    ])
    {
        Defaults = new LlumletSettings(),
        EnvironmentPrefix = "LLUMNIX_LLUMLET_",
        HelpIntroduction = HelpIntroduction,
        ReferenceIntroduction = ReferenceIntroduction,
        FindErrors = FindErrors,
    };

    private static IEnumerable<OptionProblem> FindErrors(AssignedOptions<LlumletSettings> assigned)
    {
        LlumletSettings settings = assigned.Options;
        if (settings.Engines.Count == 0)
        {
            yield return assigned.Problem("engine", "names no engine");
            yield break;
        }

        if (IsLoopback(settings.EngineHost) && !IsLoopback(settings.Redis.Host))
        {
            bool isAdvertised = settings.AdvertisedHost.Length > 0;
            yield return assigned.Problem(
                isAdvertised ? "advertised-ip" : "engine",
                $"who reads the CMS at {settings.Redis.Host} does not reach the engine as {settings.EngineHost}{(isAdvertised ? "" : "; give its address with --advertised-ip")}");
        }

        if (settings.KeyLifetime < TimeSpan.FromSeconds(5))
        {
            yield return assigned.Problem("cms-key-lifetime-seconds", "must be at least 5: the keys are written at intervals");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
