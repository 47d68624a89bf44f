using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Servers;
using Google.Protobuf;
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
        await connection.GetDatabase().StringSetAsync("llumnix:instance_metadata:bad", new byte[] { 0xff, 0xff, 0xff });
        await connection.GetDatabase().StringSetAsync("llumnix:instance_status:bad", "garbage");
        await using SchedulerHost host = await StartAsync(redis);
        await UntilAsync(host, ScheduleOutcome.Placed);
        Assert.Equal("a", Assert.Single(host.Snapshot().Instances).Metadata.InstanceId);
    }

    private static ScheduleOutcome Ask(SchedulerHost host) =>
        host.Schedule(new ScheduleRequest("r", SchedulingMode.Neutral, default, 10), out _);

    private static async Task<SchedulerHost> StartAsync(RedisServer redis)
    {
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Failover = new FailoverOptions { InstanceStaleness = Staleness },
            Cms = new CmsOptions
            {
                RedisHost = "127.0.0.1",
                RedisPort = redis.Port,
                RedisTimeout = TimeSpan.FromMilliseconds(300),
                PullStatusInterval = TimeSpan.FromMilliseconds(20),
            },
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static async Task WriteAsync(RedisServer redis, int update)
    {
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        IDatabase database = connection.GetDatabase();
        var metadata = new InstanceMetadata { InstanceId = "a", InstanceType = "neutral", Ip = "10.0.0.1", ApiServerPort = 8000 };
        var status = new InstanceStatus
        {
            InstanceId = "a",
            Schedulable = true,
            TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            UpdateId = update,
            NumTotalGpuTokens = 1000,
        };
        await database.StringSetAsync("llumnix:instance_metadata:a", metadata.ToByteArray());
        await database.StringSetAsync("llumnix:instance_status:a", status.ToByteArray());
    }

    /// <summary>Asks at short intervals, since what is awaited happens on the other side of a network and tells nobody.</summary>
    private static async Task UntilAsync(SchedulerHost host, ScheduleOutcome outcome)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Ask(host) != outcome)
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }
}
