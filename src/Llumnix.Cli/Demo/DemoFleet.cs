using System.Globalization;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Profiling;
using Llumnix.EngineEmulator;
using Llumnix.EngineEmulator.KvStore;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Demo;

/// <summary>Emulated engines, a scheduler and a gateway in this process, connected as in a cluster.</summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    /// <summary>
    /// Small enough for placement to matter: a few dozen requests fill it, so that a prompt that is placed badly waits. Targets, prefill on engines of its own and
    /// shared prefixes matter without it.
    /// </summary>
    private const int SmallKvTokens = 50_000;

    /// <summary>
    /// Half as fast as an H200, so that half of the requests load the fleet as much: the load's own work on the machine, which is in every latency, stays small.
    /// </summary>
    private static readonly PolynomialLatencyModel Latency = PolynomialLatencyModel.H200Llama8B.SlowedDown(2);

    private static readonly PolynomialLatencyModel SlowLatency = Latency.SlowedDown(2);

    /// <summary>Shorter than the gateway's own, so that the table is up to date.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly EngineHost _engines;
    private readonly SchedulerHost _scheduler;
    private readonly bool _isLite;
    private readonly MooncakeMaster? _kvStore;
    private readonly LatencyTables? _tables;
    private FleetGateway? _gateway;
    private IReadOnlyList<DemoInstance> _atStart = [];
    private volatile string? _crashed;

    private DemoFleet(EngineHost engines, SchedulerHost scheduler, bool isLite, MooncakeMaster? kvStore, LatencyTables? tables)
    {
        _kvStore = kvStore;
        _tables = tables;
        _engines = engines;
        _scheduler = scheduler;
        _isLite = isLite;
    }

    /// <summary>Where clients send their requests.</summary>
    internal Uri Address => _gateway!.Host.Address;

    /// <summary>Where the scheduler's console listens; null without one.</summary>
    internal Uri? ConsoleAddress => _scheduler.ConsoleAddress;

    /// <summary>Requests that each engine has taken.</summary>
    internal IReadOnlyList<int> RequestsPerEngine => [.. _engines.Engines.Select(static engine => engine.AcceptedRequests)];

    /// <summary>The index of the engine that has crashed; null: none has.</summary>
    internal int? Crashed => _crashed is null ? null : 0;

    /// <summary>Prompt tokens that engines found in their prefix caches.</summary>
    internal long CachedPromptTokens => _engines.Engines.Sum(static engine => engine.CachedPromptTokens);

    /// <summary>The instances in the order that they had at the start, where those stay that are gone.</summary>
    internal IReadOnlyList<DemoInstance> Instances()
    {
        IReadOnlyList<DemoInstance> known = Known();
        var byId = known.ToDictionary(static instance => instance.Id, StringComparer.Ordinal);
        return
        [
            .. _atStart.Select(first => first.Address == _crashed ? Gone(first, "crashed") : byId.TryGetValue(first.Id, out DemoInstance? now) ? now : Gone(first, "gone")),
            .. known.Where(instance => !_atStart.Any(first => first.Id == instance.Id)),
        ];
    }

    private static DemoInstance Gone(DemoInstance instance, string health) =>
        instance with { Running = 0, Waiting = 0, KvUsage = null, InFlight = null, Health = health, IsGone = true };

    private IReadOnlyList<DemoInstance> Known() => _isLite
        ? [.. _scheduler.LiteModeSnapshot().Instances.Select(Show)]
        : [.. _scheduler.Snapshot().Instances.Select(instance => Show(instance) with { MigratedOut = MigratedFrom(instance.Metadata.InstanceId) })];

    /// <summary>Requests that have migrated between engines.</summary>
    internal int MigratedRequests => _engines.Engines.Sum(static engine => engine.MigratedRequests);

    /// <summary>Crashes the first engine.</summary>
    internal async Task CrashFirstAsync()
    {
        HostedEngine first = _engines.Engines[0];
        await first.CrashAsync();
        _crashed = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{first.Port}");
    }

    private int MigratedFrom(string instanceId) =>
        _engines.Engines.FirstOrDefault(engine => engine.InstanceId == instanceId)?.MigratedRequests ?? 0;

    /// <summary>Starts everything and waits until the scheduler knows every engine and the gateway.</summary>
    internal static async Task<DemoFleet> StartAsync(
        DemoSettings settings, string policy, bool isCacheAware, bool isRescheduling, int storePort, CancellationToken cancellation)
    {
        MooncakeMaster? kvStore = settings.IsCacheAware ? await MooncakeMaster.StartAsync(new ChunkKeyOptions(), cancellation) : null;
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = settings.IsLite ? null : $"127.0.0.1:{storePort}",
                DiscoveryRedis = $"127.0.0.1:{storePort}",
                KvMaster = kvStore,
                Engines = [.. Enumerable.Range(0, settings.Engines).Select(i => new EmulatedEngineOptions
                {
                    InstanceId = settings.NameOf(i),
                    PodName = settings.NameOf(i),
                    KvsIp = $"127.0.1.{i}",
                    Engine = new EngineConfiguration
                    {
                        InferType = TypeOf(i, settings),
                        Latency = i == settings.SlowEngine ? SlowLatency : Latency,
                        KvCapacityTokens = settings.HasSmallKvCache ? SmallKvTokens : new EngineConfiguration().KvCapacityTokens,
                    },
                })],
            },
            cancellation);
        // For a console also where the policy needs none: its simulations take the engines' step times from the tables, for as long as the fleet lives.
        LatencyTables? tables = policy == "slo" || settings is { ConsolePort: not null, Targets: not null, IsLite: false } ? new LatencyTables(Latency) : null;
        SchedulerOptions options = DemoSchedulerOptions.Of(settings, policy, isRescheduling, storePort, isCacheAware ? kvStore?.Port : null, tables);
        SchedulerHost scheduler = SchedulerHost.Build(options);
        var fleet = new DemoFleet(engines, scheduler, settings.IsLite, kvStore, tables);
        try
        {
            await scheduler.StartAsync(cancellation);
            fleet._gateway = new FleetGateway(new GatewaySettings
            {
                Discovery = options.Discovery,
                Schedulers = new SchedulerPlacerOptions { Schedulers = [new SchedulerAccess(scheduler.Address)], ReportInterval = ReportInterval },
                Gateway = GatewayOptionsOf(settings, isCacheAware),
            });
            await fleet._gateway.Host.StartAsync(cancellation);
            await fleet.UntilCompleteAsync(settings.Engines, cancellation);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _scheduler.DisposeAsync();
        await _engines.DisposeAsync();
        await (_kvStore?.DisposeAsync() ?? ValueTask.CompletedTask);
        _tables?.Dispose();
    }

    private static GatewayOptions GatewayOptionsOf(DemoSettings settings, bool isCacheAware) => new()
    {
        Port = 0,
        PdProtocol = settings.Mode == SchedulingMode.Neutral ? PdProtocol.None : settings.IsKvt ? PdProtocol.VllmKvt : PdProtocol.VllmMooncake,
        IsPdStaged = settings.Mode == SchedulingMode.PdStaged,
        IsTokensForwarded = isCacheAware,
    };

    private static InferType TypeOf(int index, DemoSettings settings) =>
        settings.Mode == SchedulingMode.Neutral ? InferType.Neutral
        : index < settings.Engines / 2 ? InferType.Prefill
        : InferType.Decode;

    private static DemoInstance Show(InstanceSnapshot instance) => new(
        instance.Metadata.InstanceId,
        instance.Metadata.InferType.ToName(),
        instance.Status.RunningRequestCount,
        instance.Status.WaitingRequestCount,
        instance.Status.TotalGpuTokens > 0 ? (double)instance.Status.UsedGpuTokens / instance.Status.TotalGpuTokens : 0,
        (int)instance.Dispatched.Requests,
        instance.Health.ToString().ToLowerInvariant())
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"{instance.Metadata.Ip}:{instance.Metadata.ApiServerPort}"),
    };

    private static DemoInstance Show(LiteModeInstanceSnapshot instance) => new(
        instance.Description.Id,
        instance.Description.InferType.ToName(),
        (int)instance.Tracked.RunningRequests,
        (int)instance.Tracked.WaitingRequests,
        KvUsage: null,
        InFlight: null,
        "ok")
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"{instance.Description.Host}:{instance.Description.Port}"),
    };

    private async Task UntilCompleteAsync(int engines, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(StartTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Known().Count(static i => i.Health == "ok") < engines || (_isLite && _scheduler.LiteModeSnapshot().ConnectedGateways == 0))
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }

        _atStart = Known();
    }
}
