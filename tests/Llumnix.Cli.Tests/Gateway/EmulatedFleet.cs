using System.Globalization;
using System.Net.Http.Json;
using Llumnix.Cli.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>Emulated engines, real schedulers over HTTP and <c>llumnix gateway</c>, all in this process, with a client.</summary>
internal sealed class EmulatedFleet : IAsyncDisposable
{
    private const string Token = "token-of-the-fleet";
    private readonly RedisServer? _redis;
    private readonly string[] _schedulerFlags;

    private EmulatedFleet(EngineHost engines, RedisServer? redis)
    {
        (Engines, _redis) = (engines, redis);
        _schedulerFlags = redis is null
            ? ["--enable-full-mode-scheduling=false", .. DiscoveryFlags]
            : ["--cms-redis-host=127.0.0.1", FormattableString.Invariant($"--cms-redis-port={redis.Port}")];
    }

    public EngineHost Engines { get; }

    public List<SchedulerHost> Schedulers { get; } = [];

    public FleetGateway Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] DiscoveryFlags =>
    [
        "--llm-backend-discovery=endpoints",
        "--llm-backend-endpoints=" + string.Join(',', Engines.Engines.Select(static engine => FormattableString.Invariant($"127.0.0.1:{engine.Port}"))),
    ];

    public static async Task<EmulatedFleet> StartAsync(bool isFullMode, int engines = 2, int schedulers = 1, TimeSpan? drain = null)
    {
        RedisServer? redis = isFullMode ? await RedisServer.StartAsync() : null;
        EngineHost host = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = redis is null ? null : FormattableString.Invariant($"127.0.0.1:{redis.Port}"),
                Engines = [.. Enumerable.Range(0, engines).Select(static _ => new EmulatedEngineOptions())],
            },
            Cancellation);
        var fleet = new EmulatedFleet(host, redis);
        for (int i = 0; i < schedulers; i++)
        {
            fleet.Schedulers.Add(await fleet.StartSchedulerAsync(port: 0));
        }

        fleet.Gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = FleetDiscovery.Parse(fleet.DiscoveryFlags).Options.Discovery,
            Schedulers = new SchedulerPlacerOptions
            {
                Schedulers = [.. fleet.Schedulers.Select(static scheduler => new SchedulerAccess(scheduler.Address) { ServiceToken = Token })],
                ReportInterval = TimeSpan.FromMilliseconds(50),
            },
            Gateway = new GatewayOptions { Port = 0, DrainTimeout = drain ?? TimeSpan.FromSeconds(30) },
        });
        await fleet.Gateway.Host.StartAsync(Cancellation);
        fleet.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = fleet.Gateway.Host.Address };
        await Eventually.TrueAsync(() => fleet.Schedulers.All(scheduler => fleet.InstancesOf(scheduler) == engines) && fleet.Gateway.Engines.Engines.Count == engines);
        return fleet;
    }

    /// <summary>Starts a scheduler on a port.</summary>
    public async Task<SchedulerHost> StartSchedulerAsync(int port)
    {
        OptionsParseResult parsed = SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), $"--service-token={Token}", .. _schedulerFlags],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost scheduler = SchedulerHost.Build(parsed.Options);
        await scheduler.StartAsync(Cancellation);
        return scheduler;
    }

    /// <summary>What a scheduler still accounts for.</summary>
    public int AccountsOf(SchedulerHost scheduler) => _redis is null ? scheduler.LiteModeSnapshot().States : scheduler.Snapshot().LedgerEntries;

    /// <summary>Posts a chat and returns with the answer's headers.</summary>
    public async Task<HttpResponseMessage> PostAsync(int maxTokens, bool isStream = false, CancellationToken? cancellation = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { max_tokens = maxTokens, stream = isStream, messages = new[] { new { role = "user", content = "a" } } }),
        };
        return await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation ?? Cancellation);
    }

    /// <summary>Waits until neither the gateway nor a scheduler accounts for anything.</summary>
    public Task UntilNothingIsHeldAsync() => Eventually.TrueAsync(
        () => Gateway.Held + Gateway.Host.ActiveRequests + Schedulers.Sum(AccountsOf) + Engines.Engines.Sum(static engine => engine.Status().RunningRequestCount) == 0);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        foreach (SchedulerHost scheduler in Schedulers)
        {
            await scheduler.DisposeAsync();
        }

        await Engines.DisposeAsync();
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private int InstancesOf(SchedulerHost scheduler) =>
        _redis is null ? scheduler.LiteModeSnapshot().Instances.Count : scheduler.Snapshot().Instances.Count;
}
