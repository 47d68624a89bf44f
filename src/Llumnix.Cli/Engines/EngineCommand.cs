using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Adapters.Secrets;
using Llumnix.Cli.Options;
using Llumnix.EngineEmulator;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Server.Logging;
using Llumnix.Simulation.Engines;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Engines;

/// <summary><c>llumnix engine</c>: emulated engines that register themselves in a CMS, for tests and trials without GPUs.</summary>
internal static class EngineCommand
{
    internal static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Engines in this process.", DefaultValueFactory = _ => 1 };
        count.Check(static value => value is >= 1 and <= 1024, "from 1 to 1024 engines");
        var inferType = new Option<string>("--infer-type") { Description = "What they are deployed to do.", DefaultValueFactory = _ => "neutral" };
        inferType.AcceptOnlyFromAmong("neutral", "prefill", "decode");
        var port = new Option<int>("--port") { Description = "Port of the first engine, the others follow; 0: any free ports.", DefaultValueFactory = _ => 8100 };
        var host = new Option<string>("--host") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var ip = new Option<string>("--advertised-ip") { Description = "Address that the CMS tells.", DefaultValueFactory = _ => "127.0.0.1" };
        var redis = new Option<string?>("--cms-redis") { Description = "The CMS, host:port[,password=...]; without a password, that of LLUMNIX_CMS_REDIS_PASSWORD counts. None: nothing is published." };
        var discoveryRedis = new Option<string?>("--discovery-redis") { Description = "The Redis of discovery, host:port[,password=...]." };
        var discoveryEtcd = new Option<string?>("--discovery-etcd") { Description = "The etcd of discovery, host:port[,host:port...]." };
        var model = new Option<string>("--model") { Description = "The model that discovery names; empty: any.", DefaultValueFactory = _ => "" };
        var prefillTable = new Option<string?>("--ttft-profiling-data-path") { Description = "JSON table of prefill times; none: an H200 with Llama-3.1-8B FP8." };
        var decodeTable = new Option<string?>("--tpot-profiling-data-path") { Description = "JSON table of decode step times; together with the other." };
        var kvCapacity = new Option<int>("--kv-capacity") { Description = "KV capacity of each engine in tokens.", DefaultValueFactory = _ => new EngineConfiguration().KvCapacityTokens };
        kvCapacity.Check(static value => new EngineConfiguration { KvCapacityTokens = value }.TotalBlocks >= 1, FormattableString.Invariant($"{new EngineConfiguration().BlockSize} tokens, one block, or more"));
        var served = new Option<string>("--served-models")
        {
            Description = "Names that /v1/models lists, separated by commas.", DefaultValueFactory = _ => "emulated",
        };
        var face = new Option<string>("--metrics-face") { Description = "As which engine they tell their load: /metrics of vLLM, or /metrics and /v1/loads of SGLang.", DefaultValueFactory = _ => "vllm" };
        face.AcceptOnlyFromAmong("vllm", "sglang");
        var fault = new Option<string>("--metrics-fault") { Description = "How what they tell of their load fails.", DefaultValueFactory = _ => "none" };
        fault.AcceptOnlyFromAmong("none", "error", "garbage", "slow", "frozen");
        var ranks = new Option<int>("--data-parallel-size") { Description = "Data-parallel ranks behind each engine's port; above 1 neutral and without --cms-redis.", DefaultValueFactory = _ => 1 };
        ranks.Check(static value => value is >= 1 and <= 64, "from 1 to 64 ranks");
        var apiKey = new Option<string?>("--api-key") { Description = "API key that the engines ask for, as vLLM under /v1, or as SGLang everywhere but at /health and /metrics; without it 401. None: anybody is served." };
        apiKey.Validators.Add(static result =>
        {
            if (result.Tokens is [.., var token] && (token.Value.Length == 0 || token.Value.AsSpan().ContainsAnyExceptInRange('!', '~')))
            {
                result.AddError("--api-key must be printable ASCII characters without spaces, and not empty");
            }
        });
        var command = new Command("engine", "Runs emulated engines (OpenAI HTTP), registered in a CMS, in discovery, or nowhere.")
        {
            count, inferType, port, host, ip, redis, discoveryRedis, discoveryEtcd, model, prefillTable, decodeTable, kvCapacity, served, face, fault, ranks, apiKey,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (!IPAddress.TryParse(parsed.GetValue(host), out IPAddress? address))
            {
                return UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "engine", $"--host must be an IP address, not '{parsed.GetValue(host)}'");
            }

            string[] models = parsed.GetValue(served)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (models.Length == 0)
            {
                return UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "engine", "--served-models names no model");
            }

            _ = InferTypeNames.TryParse(parsed.GetValue(inferType), out InferType type);
            if (parsed.GetValue(ranks) > 1 && (type != InferType.Neutral || parsed.GetValue(redis) is not null))
            {
                return UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "engine", "--data-parallel-size above 1 is for plain engines: neutral ones without --cms-redis");
            }

            int first = parsed.GetValue(port);
            if (first < 0 || first + parsed.GetValue(count) - 1 > IPEndPoint.MaxPort)
            {
                return UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "engine", FormattableString.Invariant($"--port must leave a port, up to {IPEndPoint.MaxPort}, for each engine ({parsed.GetValue(count)}), not {first}"));
            }

            EngineEnvironment environment;
            IStepLatencyModel latency;
            try
            {
                environment = EngineEnvironment.Read(Environment.GetEnvironmentVariable);
                latency = LatencyOf(parsed.GetValue(prefillTable), parsed.GetValue(decodeTable));
            }
            catch (Exception exception) when (exception is ArgumentException or ProfilingTableException)
            {
                return UsageError.WriteAsync(parsed.InvocationConfiguration.Error, "engine", exception.Message);
            }

            return RunAsync(
                new EngineHostOptions
                {
                    StatusPushInterval = environment.StatusPushInterval,
                    ListenAddress = address,
                    Model = models[0],
                    MoreModels = models[1..],
                    ApiKey = new Secret(parsed.GetValue(apiKey)),
                    CmsRedis = parsed.GetValue(redis),
                    CmsRedisPassword = environment.CmsRedisPassword,
                    DiscoveryRedis = parsed.GetValue(discoveryRedis),
                    DiscoveryEtcd = parsed.GetValue(discoveryEtcd),
                    Engines = [.. Enumerable.Range(0, parsed.GetValue(count)).Select(i => new EmulatedEngineOptions
                    {
                        Port = first == 0 ? 0 : first + i,
                        MetricsFace = Enum.Parse<MetricsFace>(parsed.GetValue(face)!, ignoreCase: true),
                        MetricsFault = Enum.Parse<MetricsFault>(parsed.GetValue(fault)!, ignoreCase: true),
                        AdvertisedIp = parsed.GetValue(ip)!,
                        DiscoveryModel = parsed.GetValue(model)!,
                        DataParallelSize = parsed.GetValue(ranks),
                        LocalRanks = parsed.GetValue(ranks),
                        Engine = new EngineConfiguration
                        {
                            InferType = type,
                            Latency = latency,
                            KvCapacityTokens = parsed.GetValue(kvCapacity),
                            ProfilingSteps = environment.ProfilingSteps,
                            MaxMigrationsOut = environment.MaxMigrationsOut,
                            MaxMigrationsIn = environment.MaxMigrationsIn,
                        },
                    })],
                },
                cancellation);
        });
        return command;
    }

    private static IStepLatencyModel LatencyOf(string? prefillTable, string? decodeTable)
    {
        if (prefillTable is null || decodeTable is null)
        {
            return prefillTable is null && decodeTable is null
                ? PolynomialLatencyModel.H200Llama8B
                : throw new ArgumentException("--ttft-profiling-data-path and --tpot-profiling-data-path go together");
        }

        var warnings = new List<string>();
        LatencyProfile profile = ProfilingTables.Read(prefillTable, decodeTable, warnings);
        warnings.ForEach(Console.Error.WriteLine);
        return new ProfiledLatencyModel(profile);
    }

    private static async Task<int> RunAsync(EngineHostOptions options, CancellationToken cancellation)
    {
        if (PortCheck.FindProblem(options.Engines.Select((engine, i) => new ListeningPort(
            i == 0 ? "--port" : FormattableString.Invariant($"--port (of engine {i + 1})"), engine.Port, "--host", options.ListenAddress.ToString()))) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.Failure;
        }

        using ILoggerFactory logging = LoggerFactory.Create(
            static builder => ProcessLogging.Configure(builder, verbosity: 0, TimeProvider.System));
        try
        {
            await using EngineHost host = await EngineHost.StartAsync(options with { LoggerFactory = logging }, cancellation);
            StartLog.WriteListening(logging.CreateLogger<EngineHost>(), "engine", [Describe(options, host)]);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Failure;
        }
    }

    private static string Describe(EngineHostOptions options, EngineHost host) => EngineNames.Describe(
        options.ListenAddress,
        options.Engines[0].Engine.InferType.ToName(),
        options.Engines[0].DataParallelSize,
        [.. host.Engines.Select(engine => (engine.Port, host.NameOf(engine)))]);
}
