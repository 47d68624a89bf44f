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

/// <summary>Decisions while the real Redis is killed, restarted, flushed and stopped.</summary>
public sealed class StoreFaultTests
{
    private static readonly TimeSpan Staleness = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Decisions_RedisKilledAndRestarted_GoOnAndRecover()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, update: 1);
        await using SchedulerHost host = await StartAsync(redis);
        await UntilAsync(host, ScheduleOutcome.Placed);

        await redis.KillAsync();
        Assert.Equal(ScheduleOutcome.Placed, Ask(host));
        await UntilAsync(host, ScheduleOutcome.StoreNotAvailable);

        await redis.RestartAsync();
        await WriteAsync(redis, update: 2);
        await UntilAsync(host, ScheduleOutcome.Placed);
    }

    [Fact]
    public async Task Decisions_RedisFlushed_EndpointNotFoundUntilTheKeysAreBack()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, update: 1);
        await using SchedulerHost host = await StartAsync(redis);
        await UntilAsync(host, ScheduleOutcome.Placed);
        using (ConnectionMultiplexer connection = await redis.ConnectAsync())
        {
            await connection.GetDatabase().ExecuteAsync("FLUSHALL");
        }

        await UntilAsync(host, ScheduleOutcome.EndpointNotFound);
        await WriteAsync(redis, update: 2);
        await UntilAsync(host, ScheduleOutcome.Placed);
    }

    [Fact]
    public async Task Decisions_RedisPaused_GoOnThenStoreNotAvailableThenRecover()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, update: 1);
        await using SchedulerHost host = await StartAsync(redis);
        await UntilAsync(host, ScheduleOutcome.Placed);

        redis.Pause();
        Assert.Equal(ScheduleOutcome.Placed, Ask(host));
        await UntilAsync(host, ScheduleOutcome.StoreNotAvailable);
        redis.Resume();
        await WriteAsync(redis, update: 2);
        await UntilAsync(host, ScheduleOutcome.Placed);
    }

    [Fact]
    public async Task Decisions_GarbageStatus_TheOthersGoOn()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, update: 1);
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        await writer.PutMetadataAsync("bad", [0xff, 0xff, 0xff]);
        await writer.PutStatusAsync("bad", "garbage"u8.ToArray());
        await using SchedulerHost host = await StartAsync(redis);
        await UntilAsync(host, ScheduleOutcome.Placed);
        Assert.Equal("a", Assert.Single(host.Snapshot().Instances).Metadata.InstanceId);
    }

    /// <summary>A scheduler that takes the place of a dead one: its second read would come an hour later.</summary>
    [Fact]
    public async Task Start_StoreHoldsAFleet_ReadyAfterOneRead()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, update: 1);
        await using SchedulerHost host = await StartAsync(redis, interval: TimeSpan.FromHours(1));
        using var client = new HttpClient { BaseAddress = host.Address };
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage answer = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        });
        Assert.Equal(ScheduleOutcome.Placed, Ask(host));
    }

    private static ScheduleOutcome Ask(SchedulerHost host) =>
        host.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 10), out _);

    private static async Task<SchedulerHost> StartAsync(RedisServer redis, TimeSpan? interval = null)
    {
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Failover = new FailoverOptions { InstanceStaleness = Staleness },
            Cms = new CmsOptions
            {
                Redis = new RedisOptions { Host = "127.0.0.1", Port = redis.Port, Timeout = TimeSpan.FromMilliseconds(300) },
                StatusInterval = interval ?? TimeSpan.FromMilliseconds(20),
            },
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static async Task WriteAsync(RedisServer redis, int update)
    {
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        InstanceStatus status = CmsMessages.Status("a", update);
        status.TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await writer.PutAsync(CmsMessages.Metadata("a"));
        await writer.PutAsync(status);
    }

    private static Task UntilAsync(SchedulerHost host, ScheduleOutcome outcome) => Eventually.TrueAsync(() => Ask(host) == outcome);
}
