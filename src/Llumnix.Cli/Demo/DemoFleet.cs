using Llumnix.EngineEmulator;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Demo;

/// <summary>Emulated engines and a scheduler over one store, all in this process, as they would stand in a cluster.</summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly EngineHost _engines;
    private readonly SchedulerHost _scheduler;

    private DemoFleet(EngineHost engines, SchedulerHost scheduler)
    {
        _engines = engines;
        _scheduler = scheduler;
    }

    internal Uri Scheduler => _scheduler.Address;

    internal IReadOnlyList<DemoInstance> Instances() =>
    [
        .. _scheduler.Snapshot().Instances.Select(static i => new DemoInstance(
            i.Metadata.InstanceId,
            i.Metadata.InferType.ToName(),
            i.Status.RunningRequestCount,
            i.Status.WaitingRequestCount,
            i.Status.TotalGpuTokens > 0 ? (double)i.Status.UsedGpuTokens / i.Status.TotalGpuTokens : 0,
            (int)i.Dispatched.Requests,
            i.Health.ToString().ToLowerInvariant())),
    ];

    /// <summary>Starts everything and waits until the scheduler sees every engine.</summary>
    internal static async Task<DemoFleet> StartAsync(DemoSettings settings, string policy, int storePort, CancellationToken cancellation)
    {
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = $"127.0.0.1:{storePort}",
                Engines = [.. Enumerable.Range(0, settings.Engines).Select(i => new EmulatedEngineOptions
                {
                    Engine = new EngineConfiguration { InferType = TypeOf(i, settings) },
                })],
            },
            cancellation);
        SchedulerHost scheduler = SchedulerHost.Build(OptionsOf(settings, policy, storePort));
        var fleet = new DemoFleet(engines, scheduler);
        try
        {
            await scheduler.StartAsync(cancellation);
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
        await _scheduler.DisposeAsync();
        await _engines.DisposeAsync();
    }

    private static InferType TypeOf(int index, DemoSettings settings) =>
        settings.Mode == SchedulingMode.Neutral ? InferType.Neutral
        : index < settings.Engines / 2 ? InferType.Prefill
        : InferType.Decode;

    private static SchedulerOptions OptionsOf(DemoSettings settings, string policy, int storePort) => new()
    {
        Service = new ServiceOptions { Host = "127.0.0.1", Port = 0, Seed = settings.Seed },
        Cms = new CmsOptions { RedisHost = "127.0.0.1", RedisPort = storePort, PullStatusInterval = TimeSpan.FromMilliseconds(100) },
        Policy = new PolicyOptions { Name = policy },
    };

    private async Task UntilCompleteAsync(int engines, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(StartTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_scheduler.Snapshot().Instances.Count(static i => i.Health == InstanceHealth.Ok) < engines)
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }
}
