using System.Text.Json;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.AdminApi;

/// <summary>The admin API of a real scheduler of full mode over a real Redis.</summary>
public sealed class AdminFullModeTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fleet_TellsWhatTheStatusesSay_AndWhyAnInstanceIsOut()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        foreach (string id in (string[])["a", "b"])
        {
            await writer.PutAsync(new InstanceMetadata
            {
                InstanceId = id, InstanceType = "neutral", Ip = "10.0.0.1", ApiServerPort = id == "a" ? 8000 : 8001, NodeId = "n1", UnitId = "0", BackendType = "vllm",
            });
            await writer.PutAsync(new InstanceStatus
            {
                InstanceId = id,
                Schedulable = id == "a",
                TimestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                NumTotalGpuTokens = 1000,
                NumUsedGpuTokens = 250,
                NumRunningRequests = 3,
                NumWaitingRequests = 2,
            });
        }

        await using SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = redis.Host, Port = redis.Port } },
        });
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 2);
        using var admin = new HttpClient { BaseAddress = host.ConsoleAddress };
        FleetAnswer fleet = JsonSerializer.Deserialize(await admin.GetStringAsync("/admin/fleet", Cancellation), AdminJsonContext.Default.FleetAnswer)!;
        FleetInstance[] instances = [.. fleet.Instances.OrderBy(instance => instance.Id)];
        Assert.Equal(("full", "load-balance"), (fleet.Mode, fleet.Policy));
        Assert.Equal(
            ("10.0.0.1:8000", "n1", "", "vllm", 3L, 2L, 250L, 1000L, 0L, null),
            (instances[0].Address, instances[0].Node, instances[0].Unit, instances[0].Backend, instances[0].Running, instances[0].Waiting, instances[0].KvUsedTokens,
                instances[0].KvTotalTokens, instances[0].InFlight, instances[0].TrackedTokens));
        Assert.Equal(
            [("ok", ""), ("unschedulable", "its own status says that it takes no requests")], instances.Select(instance => (instance.Health, instance.HealthReason)));
        Assert.All(instances, instance => Assert.InRange(instance.SignalAgeMs!.Value, 0, 60_000));
    }
}
