using System.Net;
using System.Net.Http.Json;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Llumlets;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Draining;
using Llumnix.Server.Draining;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Llumlets;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Rescheduling;

/// <summary>The whole server with its rescheduler, a real Redis and llumlets.</summary>
public sealed class ReschedulerHostTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _connection = null!;
    private FakeLlumlet _llumlet = null!;
    private CmsWriter _writer = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _connection = await _redis.ConnectAsync();
        _llumlet = await FakeLlumlet.StartAsync();
        _writer = new CmsWriter(_connection.GetDatabase());
        foreach (string id in (string[])["a", "b"])
        {
            await _writer.PutAsync(new InstanceMetadata
            {
                InstanceId = id, InstanceType = "neutral", Ip = "127.0.0.1", ApiServerPort = id[0], LlumletPort = _llumlet.Port, IpKvs = $"kvs-{id}", KvtPort = 9,
            });
        }

        await PutStatusAsync("a", schedulable: false);
        await PutStatusAsync("b", schedulable: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _llumlet.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_UnschedulableInstance_ItsRequestsAreSentElsewhere(bool isStandalone)
    {
        _llumlet.Answer = (_, _) => Task.FromResult(new MigrateResponse { Success = _llumlet.Requests.Count > 1, Message = "no slot" });
        await using SchedulerHost host = SchedulerHost.Build(Options(isStandalone));
        await host.StartAsync(Cancellation);
        for (int asked = 1; asked <= 3; asked++)
        {
            // Its statuses go on; on one and the same it is not asked twice.
            await Eventually.TrueAsync(() => _llumlet.Requests.Count == asked);
            await PutStatusAsync("a", schedulable: false);
        }

        Assert.All(_llumlet.Requests, request => Assert.Equal(
            ("a", "b", "kvs-b", 9, "NUM_REQ", "LR", -1L, "neutral_failover"),
            (request.SrcEngineId, request.DstEngineId, request.DstEngineIp, request.DstEnginePort, request.MigrationType, request.MigrationReqPolicy, request.NumReqs, request.TriggerPolicy)));
        using var client = new HttpClient { BaseAddress = host.Address };
        string page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("scheduler_rescheduling_total{rescheduling_req_select_rule=\"NUM_REQ\",rescheduling_req_select_order=\"LR\"}", page, StringComparison.Ordinal);
        Assert.Contains("scheduler_rescheduling_failed_total 0", page, StringComparison.Ordinal);
        Assert.Contains("scheduler_rescheduling_outcomes_total{policy=\"neutral_failover\",outcome=\"refused\"} 1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standalone_SchedulesNothing_ButTellsItsState()
    {
        await using SchedulerHost host = SchedulerHost.Build(Options(isStandalone: true));
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 2);
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach ((string path, HttpStatusCode expected) in (ReadOnlySpan<(string, HttpStatusCode)>)
        [
            ("/healthz", HttpStatusCode.OK), ("/readyz", HttpStatusCode.OK), ("/metrics", HttpStatusCode.OK),
            ("/schedule", HttpStatusCode.NotFound), ("/release", HttpStatusCode.NotFound), ("/keepalive", HttpStatusCode.NotFound),
        ])
        {
            Assert.Equal((path, expected), (path, Status(client, path)));
        }
    }

    [Fact]
    public async Task Standalone_WithALease_ObeysTheDrainsOfTheSchedulers()
    {
        SchedulerOptions options = Options(isStandalone: true) with
        {
            HighAvailability = new HighAvailabilityOptions { Lease = LeaseStoreKind.Redis },
        };
        await using var store = new RedisLeaseStore(options.Cms.Redis, TimeProvider.System);
        string lease = options.HighAvailability.LeaseName;
        LeaseRecord leader = await store.AcquireAsync(lease, new LeaseCandidate("scheduler", ""), TimeSpan.FromMinutes(5), 0, Cancellation);
        await using SchedulerHost host = SchedulerHost.Build(options);
        await host.StartAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };

        byte[] value = DrainRecords.Write([new Drain(new DrainSelector(DrainScope.Node, "n"))], out _);
        Assert.True(await store.WriteValueAsync(lease, "drains", value, leader.Epoch, Cancellation));
        await Eventually.TrueAsync(async () =>
            (await client.GetStringAsync("/admin/drain", Cancellation)).Contains("\"value\": \"n\"", StringComparison.Ordinal));
        using HttpResponseMessage refused = await client.PostAsJsonAsync("/admin/drain", new { node = "m" }, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
    }

    [Fact]
    public async Task Run_LlumletHangsAtShutdown_StopsAtOnce()
    {
        _llumlet.Answer = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new MigrateResponse();
        };
        SchedulerOptions options = Options(isStandalone: false);
        await using SchedulerHost host = SchedulerHost.Build(options with { Llumlets = new LlumletOptions { Timeout = TimeSpan.FromHours(1) } });
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => !_llumlet.Requests.IsEmpty);
        await host.StopAsync(Cancellation);
    }

    private static HttpStatusCode Status(HttpClient client, string path)
    {
        using HttpResponseMessage answer = client.Send(new HttpRequestMessage(HttpMethod.Get, path), Cancellation);
        return answer.StatusCode;
    }

    private Task PutStatusAsync(string id, bool schedulable) => _writer.PutAsync(new InstanceStatus
    {
        InstanceId = id,
        Schedulable = schedulable,
        TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        NumTotalGpuTokens = 1000,
        NumRunningRequests = 3,
    });

    private SchedulerOptions Options(bool isStandalone) => new()
    {
        Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
        Cms = new CmsOptions { Redis = new RedisOptions { Host = _redis.Host, Port = _redis.Port } },
        Rescheduling = new ReschedulingOptions
        {
            IsEnabled = true, IsColocated = !isStandalone, IsStandalone = isStandalone, Interval = TimeSpan.FromMilliseconds(20),
        },
    };
}
