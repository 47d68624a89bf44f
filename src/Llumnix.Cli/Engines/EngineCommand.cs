using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Adapters.Secrets;
using Llumnix.Cli.Commands;
using Llumnix.EngineEmulator;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Logging;
using Llumnix.Simulation.Engines;
using Microsoft.Extensions.Logging;
using static Llumnix.Cli.Engines.EngineFlags;

namespace Llumnix.Cli.Engines;

/// <summary><c>llumnix engine</c>: emulated engines that register themselves in a CMS, for tests and trials without GPUs.</summary>
internal static class EngineCommand
{
    internal static Command Create()
    {
        var command = new CheckedCommand("engine", "Runs emulated engines (OpenAI HTTP), registered in a CMS, in discovery, or nowhere.", EngineFlagRules.FindProblems)
        {
            Count, EngineFlags.InferType, Port, Host, AdvertisedIp, CmsRedis, DiscoveryRedis, DiscoveryEtcd, Model, PrefillTable, DecodeTable, KvCapacity, Served, Face, Fault, Ranks, ApiKey,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(OptionsOf(parsed), cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ArgumentException or ProfilingTableException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static EngineHostOptions OptionsOf(ParseResult parsed)
    {
        EngineEnvironment environment = EngineEnvironment.Read(Environment.GetEnvironmentVariable, []);
        string[] models = ModelsOf(parsed.GetValue(Served)!);
        EmulatedEngineOptions first = FirstOf(parsed, environment);
        return new EngineHostOptions
        {
            StatusPushInterval = environment.StatusPushInterval,
            ListenAddress = IPAddress.Parse(parsed.GetValue(Host)!),
            Model = models[0],
            MoreModels = models[1..],
            ApiKey = new Secret(parsed.GetValue(ApiKey)),
            CmsRedis = parsed.GetValue(CmsRedis),
            CmsRedisPassword = environment.CmsRedisPassword,
            DiscoveryRedis = parsed.GetValue(DiscoveryRedis),
            DiscoveryEtcd = parsed.GetValue(DiscoveryEtcd),
            Engines = [.. Enumerable.Range(0, parsed.GetValue(Count)).Select(i => first with { Port = first.Port == 0 ? 0 : first.Port + i })],
        };
    }

    private static EmulatedEngineOptions FirstOf(ParseResult parsed, EngineEnvironment environment)
    {
        _ = InferTypeNames.TryParse(parsed.GetValue(EngineFlags.InferType), out InferType type);
        return new EmulatedEngineOptions
        {
            Port = parsed.GetValue(Port),
            MetricsFace = Enum.Parse<MetricsFace>(parsed.GetValue(Face)!, ignoreCase: true),
            MetricsFault = Enum.Parse<MetricsFault>(parsed.GetValue(Fault)!, ignoreCase: true),
            AdvertisedIp = parsed.GetValue(AdvertisedIp)!,
            DiscoveryModel = parsed.GetValue(Model)!,
            DataParallelSize = parsed.GetValue(Ranks),
            LocalRanks = parsed.GetValue(Ranks),
            Engine = new EngineConfiguration
            {
                InferType = type,
                Latency = LatencyOf(parsed.GetValue(PrefillTable), parsed.GetValue(DecodeTable)),
                KvCapacityTokens = parsed.GetValue(KvCapacity),
                ProfilingSteps = environment.ProfilingSteps,
                MaxMigrationsOut = environment.MaxMigrationsOut,
                MaxMigrationsIn = environment.MaxMigrationsIn,
            },
        };
    }

    private static IStepLatencyModel LatencyOf(string? prefillTable, string? decodeTable)
    {
        if (prefillTable is null || decodeTable is null)
        {
            return PolynomialLatencyModel.H200Llama8B;
        }

        var warnings = new List<string>();
        var latency = new ProfiledLatencyModel(ProfilingTables.Read(prefillTable, decodeTable, warnings));
        warnings.ForEach(Console.Error.WriteLine);
        return latency;
    }

    private static async Task<int> RunAsync(EngineHostOptions options, CancellationToken cancellation)
    {
        IEnumerable<ListeningPort> ports = options.Engines.Select((engine, i) => new ListeningPort(
            i == 0 ? "--port" : FormattableString.Invariant($"--port (of engine {i + 1})"), engine.Port, "--host", options.ListenAddress.ToString()));
        if (await PortCheck.TellProblemsAsync(ports, Console.Error))
        {
            return ExitCodes.Failure;
        }

        using ILoggerFactory logging = LoggerFactory.Create(
            static builder => ProcessLogging.Configure(builder, verbosity: 0, TimeProvider.System));
        await using EngineHost host = await EngineHost.StartAsync(options with { LoggerFactory = logging }, cancellation);
        StartLog.WriteListening(logging.CreateLogger<EngineHost>(), "engine", [Describe(options, host)]);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Success;
    }

    private static string Describe(EngineHostOptions options, EngineHost host) => EngineNames.Describe(
        options.ListenAddress,
        options.Engines[0].Engine.InferType.ToName(),
        options.Engines[0].DataParallelSize,
        [.. host.Engines.Select(engine => (engine.Port, host.NameOf(engine)))]);
}
