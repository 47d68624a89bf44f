using System.Globalization;
using Llumnix.Protocol.Cms;
using Llumnix.Protocol.Llumlet;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Llumlets;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Rescheduling;

/// <summary>Two rescheduler processes, a real Redis and a llumlet that counts the migrations under way.</summary>
public sealed class ReschedulerLeaseTests
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private int _running;
    private int _most;

    [Fact]
    public async Task Run_TwoStartedTogetherAndTheLeaderKilledWithinACycle_OnePlansAtATime()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // As a llumlet does, the migration goes on when its caller has gone.
        llumlet.Answer = async (_, _) =>
        {
            _most = Math.Max(_most, Interlocked.Increment(ref _running));
            await hold.Task;
            Interlocked.Decrement(ref _running);
            return new MigrateResponse { Success = true };
        };
        var writer = new CmsWriter(connection.GetDatabase());
        foreach (string id in (string[])["a", "b"])
        {
            await writer.PutAsync(new InstanceMetadata
            {
                InstanceId = id, InstanceType = "neutral", Ip = "127.0.0.1", ApiServerPort = id[0], LlumletPort = llumlet.Port, IpKvs = $"kvs-{id}", KvtPort = 9,
            });
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        Task statuses = WriteStatusesAsync(writer, stop.Token);
        await using SchedulerProcess first = Start(redis);
        await using SchedulerProcess second = Start(redis);
        await Eventually.TrueAsync(() => llumlet.Requests.Count == 1);
        await Eventually.TrueAsync(() => IsLeader(first) || IsLeader(second));
        (SchedulerProcess leader, SchedulerProcess other) = IsLeader(first) ? (first, second) : (second, first);
        Assert.False(IsLeader(other));

        leader.Kill();
        hold.SetResult();
        await Eventually.TrueAsync(() => llumlet.Requests.Count > 1);

        Assert.True(IsLeader(other));
        Assert.Equal(1, _most);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => statuses);
    }

    [Fact]
    public async Task Run_LeaderStops_TheOtherFollowsWithoutWaitingForTheEndOfTheLease()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using SchedulerProcess first = Start(redis, "--ha-lease-ttl-ms=60000");
        await Eventually.TrueAsync(() => IsLeader(first));
        await using SchedulerProcess second = Start(redis, "--ha-lease-ttl-ms=60000");

        first.Terminate();
        Assert.Equal(0, await first.WaitForExitAsync());

        await Eventually.TrueAsync(() => IsLeader(second), TimeSpan.FromSeconds(40));
    }

    private static SchedulerProcess Start(RedisServer redis, params string[] more) => new(
    [
        "--host=127.0.0.1", "--port=0", "--cms-redis-host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--cms-redis-port={redis.Port}"),
        "--standalone-rescheduling-mode", "--rescheduling-policies=neutral_failover", "--rescheduling-interval-ms=50", "--shutdown-grace-seconds=0",
        "--llumlet-grpc-timeout-seconds=3", "--ha-lease=redis", "--ha-lease-ttl-ms=2000", .. more,
    ]);

    private static bool IsLeader(SchedulerProcess process) =>
        process.Lines.Any(static line => line.Contains("Lease llumnix-scheduler-rescheduler: Leader", StringComparison.Ordinal));

    private static async Task WriteStatusesAsync(CmsWriter writer, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (int step = 1; await timer.WaitForNextTickAsync(cancellation); step++)
        {
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await writer.PutAsync(new InstanceStatus { InstanceId = "a", Schedulable = false, TimestampMs = now, StepId = step, NumTotalGpuTokens = 1000, NumRunningRequests = 3 });
            await writer.PutAsync(new InstanceStatus { InstanceId = "b", Schedulable = true, TimestampMs = now, StepId = step, NumTotalGpuTokens = 1000, NumRunningRequests = 3 });
        }
    }
}
