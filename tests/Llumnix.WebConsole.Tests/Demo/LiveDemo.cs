using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Profiling;
using Llumnix.Cli.Tests.Processes;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Llumnix.WebConsole.Tests.Browser;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>
/// Eight emulated engines, a scheduler with latency targets, a rescheduler and a console, and a gateway, over a real Redis. The last engine is a process of its
/// own, which can be killed.
/// </summary>
internal sealed class LiveDemo : IAsyncDisposable
{
    /// <summary>How many engines there are.</summary>
    internal const int Engines = 8;

    /// <summary>What callers of the scheduler and of its console must send.</summary>
    internal const string Token = "never-shown";

    /// <summary>So small that a few dozen requests fill it and the rescheduler has something to do.</summary>
    private const int KvTokens = 20_000;

    private static readonly PolynomialLatencyModel Latency = PolynomialLatencyModel.H200Llama8B.SlowedDown(4);
    private readonly LatencyTables _tables = new(Latency);
    private readonly RedisServer _redis;
    private EngineHost? _engines;
    private LlumnixProcess? _process;
    private FleetGateway? _gateway;
    private SchedulerHost? _scheduler;

    private LiveDemo(RedisServer redis) => _redis = redis;

    /// <summary>The scheduler.</summary>
    internal SchedulerHost Scheduler => _scheduler!;

    /// <summary>Asks the admin API.</summary>
    internal HttpClient Admin { get; private set; } = null!;

    /// <summary>Id of the engine that can be killed.</summary>
    internal string MortalId { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it, and waits until all engines are known and healthy.</summary>
    internal static async Task<LiveDemo> StartAsync()
    {
        var demo = new LiveDemo(await RedisServer.StartAsync());
        try
        {
            await demo.StartEnginesAsync();
            SchedulerOptions options = await demo.StartSchedulerAsync();
            demo._gateway = new FleetGateway(new GatewaySettings
            {
                Discovery = options.Discovery,
                Gateway = new() { Port = 0 },
                Schedulers = new SchedulerPlacerOptions
                {
                    Schedulers = [new SchedulerAccess(demo.Scheduler.Address) { ServiceToken = Token }], ReportInterval = TimeSpan.FromMilliseconds(200),
                },
            });
            await demo._gateway.Host.StartAsync(Cancellation);
            await Eventually.TrueAsync(() => demo.Scheduler.Snapshot().Instances.Count(static instance => instance.Health == InstanceHealth.Ok) == Engines);
            demo.MortalId = demo.Scheduler.Snapshot().Instances.Select(static instance => instance.Metadata.InstanceId).Single(static id => !id.StartsWith("engine-", StringComparison.Ordinal));
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts clients.</summary>
    internal DemoLoad StartLoad() => new(_gateway!.Host.Address);

    /// <summary>Kills the engine that is a process.</summary>
    internal void Kill()
    {
        _process!.Dispose();
        _process = null;
    }

    /// <summary>Opens the console at a view, with its token.</summary>
    internal async Task OpenAsync(ConsolePage console, string view)
    {
        await console.SetTokenAsync(Token);
        await console.GoAsync(Scheduler.ConsoleAddress!, view);
    }

    /// <summary>Opens another view.</summary>
    internal Task GoAsync(ConsolePage console, string view) => console.GoAsync(Scheduler.ConsoleAddress!, view);

    /// <summary>Places requests that no engine is told of: they stay in flight.</summary>
    internal void Place(int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            var request = new PlacementRequest($"placed-{i}", SchedulingMode.Neutral, InferType.Neutral, PromptTokens: 100 * (i + 1));
            Assert.Equal(ScheduleOutcome.Placed, Scheduler.Schedule(in request, out _));
        }
    }

    /// <summary>The fleet by the admin API.</summary>
    internal Task<FleetAnswer> FleetAsync() => AskAsync("/admin/fleet", AdminJsonContext.Default.FleetAnswer);

    /// <summary>The newest decisions by the admin API.</summary>
    internal Task<DecisionsAnswer> DecisionsAsync() => AskAsync("/admin/decisions", AdminJsonContext.Default.DecisionsAnswer);

    /// <summary>The migrations by the admin API.</summary>
    internal async Task<IReadOnlyList<RecordedMigration>> MigrationsAsync() =>
        (await AskAsync("/admin/migrations", AdminJsonContext.Default.MigrationsAnswer)).Migrations;

    /// <summary>The scheduler's metrics once nothing runs, nothing is in flight and every migration has its answer.</summary>
    internal async Task<MetricsText> QuietMetricsAsync()
    {
        await Eventually.TrueAsync(async () =>
            (await FleetAsync()).Instances.All(static instance => instance is { Running: 0, Waiting: 0, InFlight: 0 })
            && (await MigrationsAsync()).All(static migration => migration.State != "planned"));
        // The page of metrics may be a second old: it is read until it tells of as many requests as were decided.
        long decided = (await DecisionsAsync()).RecordedTotal;
        MetricsText? metrics = null;
        await Eventually.TrueAsync(async () => (metrics = await MetricsAsync()).Sum("scheduler_scheduling_total") == decided);
        return metrics!;
    }

    /// <summary>Asks the admin API.</summary>
    internal async Task<T> AskAsync<T>(string path, JsonTypeInfo<T> type) => (await Admin.GetFromJsonAsync(path, type, Cancellation))!;

    /// <summary>Reads the scheduler's page of metrics.</summary>
    internal async Task<MetricsText> MetricsAsync() => new(await Admin.GetStringAsync(new Uri(Scheduler.Address, "/metrics"), Cancellation));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_scheduler?.DisposeAsync() ?? ValueTask.CompletedTask);
        Admin?.Dispose();
        _process?.Dispose();
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _redis.DisposeAsync();
        _tables.Dispose();
    }

    private async Task StartEnginesAsync()
    {
        string redis = string.Create(CultureInfo.InvariantCulture, $"{_redis.Host}:{_redis.Port}");
        _process = LlumnixProcess.Start(
            "engine", "--port=0", $"--cms-redis={redis}", $"--discovery-redis={redis}", $"--kv-capacity={KvTokens}",
            $"--ttft-profiling-data-path={_tables.TtftPath}", $"--tpot-profiling-data-path={_tables.TpotPath}");
        _engines = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = redis,
                DiscoveryRedis = redis,
                Engines = [.. Enumerable.Range(0, Engines - 1).Select(static index => new EmulatedEngineOptions
                {
                    InstanceId = $"engine-{index}",
                    NodeId = $"node-{index / 2}",
                    UnitId = $"unit-{index / 4}",
                    Engine = new EngineConfiguration { InferType = InferType.Neutral, Latency = Latency, KvCapacityTokens = KvTokens },
                })],
            },
            Cancellation);
    }

    private async Task<SchedulerOptions> StartSchedulerAsync()
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [
                "--host=127.0.0.1", "--port=0", "--enable-console", "--console-port=0", $"--service-token={Token}",
                $"--cms-redis-host={_redis.Host}", $"--cms-redis-port={_redis.Port}", "--cms-pull-metadata-interval-ms=200", "--cms-pull-status-interval-ms=100",
                $"--discovery-redis-host={_redis.Host}", $"--discovery-redis-port={_redis.Port}",
                "--scheduling-policy=slo", "--slo-overload=spread", "--ttft-slo=500", "--tpot-slo=100",
                $"--ttft-profiling-data-path={_tables.TtftPath}", $"--tpot-profiling-data-path={_tables.TpotPath}",
                "--colocated-rescheduling-mode", "--rescheduling-interval-ms=200", "--rescheduling-policies=neutral_load,neutral_failover",
                "--rescheduling-neutral-load-threshold=0.4", "--rescheduling-load-balance-threshold=0.1",
            ],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        _scheduler = SchedulerHost.Build(parsed.Options, parsed: parsed);
        await _scheduler.StartAsync(Cancellation);
        Admin = new HttpClient { BaseAddress = _scheduler.ConsoleAddress };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return parsed.Options;
    }
}
