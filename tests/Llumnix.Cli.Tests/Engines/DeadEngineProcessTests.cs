using System.Globalization;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Cli.Tests.Processes;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Engines;

/// <summary>Engines in processes of their own, one of which is killed while its keys stay in the CMS.</summary>
public sealed class DeadEngineProcessTests
{
    /// <summary>Longer than the second between two heartbeats.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Schedule_EngineIsKilled_GetsNoRequestAfterTheProbeAndIsBackWhenItRunsAgain()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        int[] ports = FreePort.Find(5);
        LlumnixProcess[] engines = [.. ports.Select(port => StartEngine(port, redis))];
        try
        {
            await using SchedulerHost host = await StartAsync(redis);
            await Eventually.TrueAsync(() => host.Snapshot().Instances.Count(static instance => instance.Health == InstanceHealth.Ok) == ports.Length);

            engines[0].Dispose();
            await Eventually.TrueAsync(() => HealthAt(host, ports[0]) == InstanceHealth.Unreachable);

            int[] placed = [.. Enumerable.Range(0, 100).Select(i => PortOf(host, i))];
            Assert.DoesNotContain(ports[0], placed);
            Assert.Equal(ports[1..].Order(), placed.Distinct().Order());

            engines[0] = StartEngine(ports[0], redis);
            await Eventually.TrueAsync(() => HealthAt(host, ports[0]) == InstanceHealth.Ok);
        }
        finally
        {
            Array.ForEach(engines, static engine => engine.Dispose());
        }
    }

    private static LlumnixProcess StartEngine(int port, RedisServer redis) => LlumnixProcess.Start(
        "engine", "--port", port.ToString(CultureInfo.InvariantCulture), "--cms-redis", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.Port}"));

    private static async Task<SchedulerHost> StartAsync(RedisServer redis)
    {
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Failover = new FailoverOptions { ProbeAfter = Silence },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = redis.Port } },
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static int PortOf(SchedulerHost host, int request)
    {
        Assert.Equal(
            ScheduleOutcome.Placed,
            host.Schedule(new PlacementRequest(string.Create(CultureInfo.InvariantCulture, $"r{request}"), SchedulingMode.Neutral, default, 10), out Placement placement));
        return placement.First.Instance.Port;
    }

    private static InstanceHealth HealthAt(SchedulerHost host, int port) =>
        host.Snapshot().Instances.Where(instance => instance.Metadata.ApiServerPort == port).Min(static instance => instance.Health);
}
