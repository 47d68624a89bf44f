using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The real Redis answers, but nobody can write into it, or it is an empty one.</summary>
public sealed class SilentStoreTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")] // Out of memory.
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")] // Demoted: what it has is frozen.
    public async Task Decisions_NobodyCanWrite_GoOnThenStoreNotAvailableThenRecover(string breaks, string mends)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await ExpectSilenceAsync(redis, () => redis.RunAsync(breaks), mends);
    }

    /// <summary>A snapshot that cannot be written, here for want of a file name that the file system takes: every write, and PING, is refused.</summary>
    [Fact]
    public async Task Decisions_Misconf_GoOnThenStoreNotAvailableThenRecover()
    {
        await using RedisServer redis = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--enable-protected-configs", "yes", "--save", "3600 1"] });
        await ExpectSilenceAsync(
            redis,
            async () =>
            {
                await redis.RunAsync("CONFIG SET dbfilename " + new string('x', 300));
                await redis.RunAsync("BGSAVE");
                await Eventually.TrueAsync(() => IsMisconfiguredAsync(redis));
            },
            "CONFIG SET stop-writes-on-bgsave-error no");
    }

    [Fact]
    public async Task Decisions_RedisIsAnEmptyOne_GoOnThenStoreNotAvailableThenRecover()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await using (var engines = new WritingEngines(await redis.ConnectAsync(), "a", "b"))
        {
            await UntilBothAreInAsync(host);
        }

        await redis.RestartAsync();
        await Eventually.TrueAsync(async () => await ReasonAsync(client) == "the CMS answers, but it has lost all instances at once");
        Assert.Equal(ScheduleOutcome.Placed, Ask(host));
        await UntilAsync(host, ScheduleOutcome.StoreNotAvailable);
        Assert.Equal(2, host.Snapshot().Instances.Count);

        await using var again = new WritingEngines(await redis.ConnectAsync(), "a");
        await UntilAsync(host, ScheduleOutcome.Placed);
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
    }

    [Fact]
    public async Task Decisions_FlushedWhileTheEnginesLive_NeverFail()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var engines = new WritingEngines(await redis.ConnectAsync(), "a", "b");
        await using SchedulerHost host = await StartAsync(redis);
        await UntilBothAreInAsync(host);

        engines.WritesMetadata = false;
        await redis.RunAsync("FLUSHALL");
        int statuses = engines.Written;
        await Eventually.TrueAsync(() =>
        {
            Assert.Equal(ScheduleOutcome.Placed, Ask(host));
            return engines.Written > statuses + 20;
        });
    }

    /// <summary>Engines that end in good order delete their keys, one after the other.</summary>
    [Fact]
    public async Task Decisions_FleetIsScaledToZero_EndpointNotFoundAndReady()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await using (var engines = new WritingEngines(await redis.ConnectAsync(), "a", "b"))
        {
            await UntilBothAreInAsync(host);
        }

        var writer = new CmsWriter(connection.GetDatabase());
        await writer.DeleteAsync("a");
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 1);
        await writer.DeleteAsync("b");
        await UntilAsync(host, ScheduleOutcome.EndpointNotFound);
        Assert.Null(await ReasonAsync(client));
    }

    private static async Task ExpectSilenceAsync(RedisServer redis, Func<Task> breaks, string mends)
    {
        await using var engines = new WritingEngines(await redis.ConnectAsync(), "a", "b");
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilAsync(host, ScheduleOutcome.Placed);
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        await ExpectSilentAsync(client, 0);

        await breaks();
        Assert.Equal(ScheduleOutcome.Placed, Ask(host));
        await UntilAsync(host, ScheduleOutcome.StoreNotAvailable);
        await Eventually.TrueAsync(async () => await ReasonAsync(client) == "the CMS answers, but no status in it changes any more");
        await ExpectSilentAsync(client, 1);
        Assert.Equal(2, host.Snapshot().Instances.Count);

        await redis.RunAsync(mends);
        await UntilAsync(host, ScheduleOutcome.Placed);
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        await ExpectSilentAsync(client, 0);
    }

    private static async Task<bool> IsMisconfiguredAsync(RedisServer redis)
    {
        try
        {
            await redis.RunAsync("SET probe 1");
            return false;
        }
        catch (RedisServerException e)
        {
            return e.Message.StartsWith("MISCONF", StringComparison.Ordinal);
        }
    }

    private static ScheduleOutcome Ask(SchedulerHost host) =>
        host.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 10), out _);

    private static Task UntilAsync(SchedulerHost host, ScheduleOutcome outcome) => Eventually.TrueAsync(() => Ask(host) == outcome);

    private static Task UntilBothAreInAsync(SchedulerHost host) => Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 2);

    private static async Task<string?> ReasonAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync("/readyz", Cancellation);
        JsonElement report = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return answer.StatusCode == HttpStatusCode.OK ? null : report.GetProperty("reason").GetString();
    }

    /// <summary>A page of metrics may be a second old.</summary>
    private static Task ExpectSilentAsync(HttpClient client, int expected) => Eventually.TrueAsync(async () =>
        (await client.GetStringAsync("/metrics", Cancellation)).Contains($"\nscheduler_cms_silent {expected}\n", StringComparison.Ordinal));

    private static async Task<SchedulerHost> StartAsync(RedisServer redis)
    {
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Failover = new FailoverOptions { InstanceStaleness = TimeSpan.FromSeconds(3) },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = redis.Host, Port = redis.Port }, StatusInterval = TimeSpan.FromMilliseconds(20) },
        });
        await host.StartAsync(Cancellation);
        return host;
    }

    /// <summary>Engines that write their statuses again and again, whether the store takes them or not.</summary>
    private sealed class WritingEngines : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConnectionMultiplexer _connection;
        private readonly string[] _ids;
        private readonly Task _writing;

        public WritingEngines(ConnectionMultiplexer connection, params string[] ids)
        {
            (_connection, _ids) = (connection, ids);
            _writing = WriteAsync();
        }

        public bool WritesMetadata { get; set; } = true;

        public int Written { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _writing;
            await _connection.DisposeAsync();
            _stop.Dispose();
        }

        private async Task WriteAsync()
        {
            var writer = new CmsWriter(_connection.GetDatabase());
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    foreach (string id in _ids)
                    {
                        await (WritesMetadata ? writer.PutAsync(CmsMessages.Metadata(id)) : Task.CompletedTask);
                        await writer.PutAsync(CmsMessages.Status(id, ++Written));
                    }
                }
                catch (RedisServerException)
                {
                    // It takes nothing now.
                }

                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}
