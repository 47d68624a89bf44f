using System.Globalization;
using System.Net.Http.Json;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Tests.Disaggregation;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>Emulated engines, real schedulers over HTTP and <c>llumnix gateway</c>, all in this process, with a client.</summary>
internal sealed class EmulatedFleet : IPdFleet
{
    private const string Token = "token-of-the-fleet";
    private readonly RedisServer? _redis;
    private readonly bool _isFullMode;

    private EmulatedFleet(EngineHost engines, RedisServer? redis, bool isFullMode) => (Engines, _redis, _isFullMode) = (engines, redis, isFullMode);

    public EngineHost Engines { get; }

    public List<SchedulerHost> Schedulers { get; } = [];

    public FleetGateway Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Further flags of the schedulers.</summary>
    private string[] SchedulerFlags { get; init; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Roles are told by a store alone.</summary>
    private string[] DiscoveryFlags => Engines.Engines.Any(static engine => engine.Metadata.InferType != InferType.Neutral)
        ?
        [
            "--discovery-redis-host=127.0.0.1", FormattableString.Invariant($"--discovery-redis-port={_redis!.Port}"), "--discovery-redis-refresh-interval-ms=20",
        ]
        :
        [
            "--llm-backend-discovery=endpoints",
            "--llm-backend-endpoints=" + string.Join(',', Engines.Engines.Select(static engine => FormattableString.Invariant($"127.0.0.1:{engine.Port}"))),
        ];

    public static Task<EmulatedFleet> StartAsync(bool isFullMode, int engines = 2, int schedulers = 1, TimeSpan? drain = null) => StartAsync(
        isFullMode,
        new GatewayOptions { Port = 0, DrainTimeout = drain ?? TimeSpan.FromSeconds(30) },
        [.. Enumerable.Repeat(InferType.Neutral, engines)],
        schedulers);

    public static async Task<EmulatedFleet> StartAsync(bool isFullMode, GatewayOptions options, InferType[] roles, int schedulers = 1, params string[] schedulerFlags)
    {
        bool areRolesTold = roles.Any(static role => role != InferType.Neutral);
        RedisServer? redis = isFullMode || areRolesTold ? await RedisServer.StartAsync() : null;
        string? address = redis is null ? null : FormattableString.Invariant($"127.0.0.1:{redis.Port}");
        EngineHost host = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = isFullMode ? address : null,
                DiscoveryRedis = areRolesTold ? address : null,
                DiscoveryInterval = TimeSpan.FromMilliseconds(200),
                Engines = [.. roles.Select(PdFleet.EngineOf)],
            },
            Cancellation);
        var fleet = new EmulatedFleet(host, redis, isFullMode) { SchedulerFlags = schedulerFlags };
        for (int i = 0; i < schedulers; i++)
        {
            fleet.Schedulers.Add(await fleet.StartSchedulerAsync(port: 0));
        }

        fleet.Gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = GatewayInput.Parse(fleet.DiscoveryFlags).Options.Discovery,
            Schedulers = new SchedulerPlacerOptions
            {
                Schedulers = [.. fleet.Schedulers.Select(static scheduler => new SchedulerAccess(scheduler.Address) { ServiceToken = Token })],
                ReportInterval = TimeSpan.FromMilliseconds(50),
            },
            Gateway = options,
        });
        await fleet.Gateway.Host.StartAsync(Cancellation);
        fleet.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = fleet.Gateway.Host.Address };
        await Eventually.TrueAsync(() => fleet.Schedulers.All(scheduler => fleet.InstancesOf(scheduler) == roles.Length) && fleet.Gateway.Engines.Engines.Count == roles.Length);
        return fleet;
    }

    /// <summary>Starts a scheduler on a port.</summary>
    public async Task<SchedulerHost> StartSchedulerAsync(int port)
    {
        string[] flags = _isFullMode
            ? ["--cms-redis-host=127.0.0.1", FormattableString.Invariant($"--cms-redis-port={_redis!.Port}")]
            : ["--enable-full-mode-scheduling=false", .. DiscoveryFlags];
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), $"--service-token={Token}", .. flags, .. SchedulerFlags],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost scheduler = SchedulerHost.Build(parsed.Options);
        await scheduler.StartAsync(Cancellation);
        return scheduler;
    }

    /// <summary>What a scheduler still accounts for.</summary>
    public int AccountsOf(SchedulerHost scheduler) => _isFullMode ? scheduler.Snapshot().LedgerEntries : scheduler.LiteModeSnapshot().States;

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
        _isFullMode ? scheduler.Snapshot().Instances.Count : scheduler.LiteModeSnapshot().Instances.Count;
}
