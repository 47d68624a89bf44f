using System.Net;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Redis;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Cli.Tests.Engines;

/// <summary>Data-parallel ranks behind one port, by either face: summed where the engine is one instance, told apart where each rank is one.</summary>
public sealed class DataParallelRanksTests : IAsyncLifetime
{
    private const int RankCapacity = 945_024;
    private readonly HttpClient _client = new();
    private readonly List<HttpResponseMessage> _foreign = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _foreign.ForEach(static answer => answer.Dispose());
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(MetricsFace.Vllm)]
    [InlineData(MetricsFace.Sglang)]
    public async Task Serve_EngineInAList_TheSumOfItsRanks(MetricsFace face)
    {
        EngineHost engine = await StartEngineAsync(face);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(engine, new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", engine.Engines[0].Port)],
            Gateway = new GatewayOptions { Port = 0 },
        });
        await LoadAsync(engine, 3, 5);
        await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances is [{ Status: { RunningRequestCount: 8, TotalGpuTokens: 2 * RankCapacity } }]);
    }

    [Theory]
    [InlineData(MetricsFace.Vllm)]
    [InlineData(MetricsFace.Sglang)]
    public async Task Scheduler_DiscoveryListsEachRank_EachHasItsLoad(MetricsFace face)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using EngineHost engine = await StartEngineAsync(face, redis);
        await using SchedulerHost scheduler = await StartSchedulerAsync(
            "--status-source=engines", "--llm-backend-discovery=redis", "--discovery-redis-host=127.0.0.1", $"--discovery-redis-port={redis.Port}");
        await LoadAsync(engine, 3, 5);
        await UntilEachRankHasItsLoadAsync(scheduler);
    }

    [Theory]
    [InlineData(MetricsFace.Vllm)]
    [InlineData(MetricsFace.Sglang)]
    public async Task Llumlet_OfAllRanks_EachHasItsLoadInTheCms(MetricsFace face)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using EngineHost engine = await StartEngineAsync(face);
        var settings = new LlumletSettings
        {
            Engines = [new ListedEngine("127.0.0.1", engine.Engines[0].Port)],
            DataParallelSize = 2,
            Port = 0,
            GrpcPort = 0,
            Redis = new RedisOptions { Host = "127.0.0.1", Port = redis.Port },
        };
        await using LlumletHost llumlet = await LlumletHost.StartAsync(settings, TimeProvider.System, NullLoggerFactory.Instance, Cancellation);
        await using SchedulerHost scheduler = await StartSchedulerAsync("--cms-redis-host=127.0.0.1", $"--cms-redis-port={redis.Port}");
        await LoadAsync(engine, 3, 5);
        await UntilEachRankHasItsLoadAsync(scheduler);
    }

    private static Task<EngineHost> StartEngineAsync(MetricsFace face, RedisServer? discovery = null) => EngineHost.StartAsync(
        new EngineHostOptions
        {
            DiscoveryRedis = discovery is null ? null : FormattableString.Invariant($"127.0.0.1:{discovery.Port}"),
            Engines = [new EmulatedEngineOptions { MetricsFace = face, DataParallelSize = 2, LocalRanks = 2 }],
        },
        Cancellation);

    private static async Task<SchedulerHost> StartSchedulerAsync(params string[] flags)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(["--host=127.0.0.1", "--port=0", .. flags], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost scheduler = SchedulerHost.Build(parsed.Options);
        await scheduler.StartAsync(Cancellation);
        return scheduler;
    }

    private static Task UntilEachRankHasItsLoadAsync(SchedulerHost scheduler) => Eventually.TrueAsync(() =>
        scheduler.Snapshot().Instances.OrderBy(static instance => instance.Metadata.DataParallelRank)
            .Select(static instance => (instance.Metadata.DataParallelRank, instance.Status.RunningRequestCount, instance.Status.TotalGpuTokens))
            .SequenceEqual([(0, 3, RankCapacity), (1, 5, RankCapacity)]));

    /// <summary>Gives each rank requests that run until the test ends, past scheduler and gateway.</summary>
    private async Task LoadAsync(EngineHost engine, params int[] requests)
    {
        for (int rank = 0; rank < requests.Length; rank++)
        {
            for (int i = 0; i < requests[rank]; i++)
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{engine.Engines[0].Port}/v1/completions"))
                {
                    Content = new StringContent("""{"stream":true,"max_tokens":100000,"prompt":"a"}""", Encoding.UTF8, "application/json"),
                };
                message.Headers.Add("x-request-id", FormattableString.Invariant($"foreign-{rank}-{i}"));
                message.Headers.Add("X-data-parallel-rank", FormattableString.Invariant($"{rank}"));
                _foreign.Add(await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancellation));
                Assert.Equal(HttpStatusCode.OK, _foreign[^1].StatusCode);
            }
        }
    }
}
