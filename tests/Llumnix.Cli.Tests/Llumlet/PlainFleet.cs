using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Redis;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Llumnix.Cli.Tests.Llumlet;

/// <summary>
/// A CMS in a real Redis with two emulated engines: a plain one, whose load a llumlet of ours writes, and a patched one, which writes its own. With a full-mode
/// scheduler and a gateway, all in this process.
/// </summary>
internal sealed class PlainFleet : IAsyncDisposable
{
    public const string PlainId = "plain";

    private readonly EngineHost _patched;
    private readonly ConnectionMultiplexer _connection;

    private PlainFleet(RedisServer redis, ConnectionMultiplexer connection, EngineHost plain, EngineHost patched) =>
        (Redis, _connection, Plain, _patched) = (redis, connection, plain, patched);

    public RedisServer Redis { get; }

    public IDatabase Store => _connection.GetDatabase();

    public EngineHost Plain { get; private set; }

    public HostedEngine PlainEngine => Plain.Engines[0];

    public HostedEngine Patched => _patched.Engines[0];

    public LlumletHost Llumlet { get; private set; } = null!;

    public SchedulerHost Scheduler { get; private set; } = null!;

    public FleetGateway Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public IReadOnlyList<InstanceSnapshot> Instances => Scheduler.Snapshot().Instances;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PlainFleet> StartAsync(MetricsFace face = MetricsFace.Vllm)
    {
        RedisServer redis = await RedisServer.StartAsync();
        EngineHost plain = await StartEngineAsync(new EmulatedEngineOptions { MetricsFace = face }, cms: null);
        EngineHost patched = await StartEngineAsync(new EmulatedEngineOptions(), FormattableString.Invariant($"127.0.0.1:{redis.Port}"));
        var fleet = new PlainFleet(redis, await redis.ConnectAsync(), plain, patched);
        fleet.Llumlet = await LlumletHost.StartAsync(fleet.Settings(), TimeProvider.System, NullLoggerFactory.Instance, Cancellation);
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", "--port=0", "--instance-staleness-seconds=5", "--cms-redis-host=127.0.0.1", FormattableString.Invariant($"--cms-redis-port={redis.Port}")], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        fleet.Scheduler = SchedulerHost.Build(parsed.Options);
        await fleet.Scheduler.StartAsync(Cancellation);
        fleet.Gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = GatewayInput.Parse("--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1").Options.Discovery,
            Schedulers = new SchedulerPlacerOptions
            {
                Schedulers = [new SchedulerAccess(fleet.Scheduler.Address)],
                ReportInterval = TimeSpan.FromMilliseconds(50),
            },
            Gateway = new GatewayOptions { Port = 0 },
        });
        await fleet.Gateway.Host.StartAsync(Cancellation);
        fleet.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = fleet.Gateway.Host.Address };
        await Eventually.TrueAsync(() => fleet.Instances.Count(static instance => instance.Health == InstanceHealth.Ok) == 2);
        return fleet;
    }

    public InstanceSnapshot? Find(string id) => Instances.FirstOrDefault(instance => instance.Metadata.InstanceId == id);

    /// <summary>Ends the plain engine without a word, and starts another one at its address.</summary>
    public async Task RestartPlainAsync(Func<Task> meanwhile)
    {
        int port = PlainEngine.Port;
        await Plain.DisposeAsync();
        await meanwhile();
        Plain = await StartEngineAsync(new EmulatedEngineOptions { Port = port }, cms: null);
    }

    public async Task<HttpResponseMessage> PostAsync(string body, string id, HostedEngine? directly = null)
    {
        var uri = new Uri(directly is null ? Client.BaseAddress! : new Uri(FormattableString.Invariant($"http://127.0.0.1:{directly.Port}")), "/v1/chat/completions");
        using var message = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Add("x-request-id", id);
        return await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Gateway.DisposeAsync();
        await Scheduler.DisposeAsync();
        await Llumlet.DisposeAsync();
        await Plain.DisposeAsync();
        await _patched.DisposeAsync();
        await _connection.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private static Task<EngineHost> StartEngineAsync(EmulatedEngineOptions engine, string? cms) =>
        EngineHost.StartAsync(new EngineHostOptions { CmsRedis = cms, Engines = [engine] }, Cancellation);

    private LlumletSettings Settings() => new()
    {
        Engines = [new ListedEngine("127.0.0.1", PlainEngine.Port)],
        InstanceId = PlainId,
        Port = 0,
        GrpcPort = 0,
        Redis = new RedisOptions { Host = "127.0.0.1", Port = Redis.Port },
    };
}
