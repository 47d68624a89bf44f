using System.Net.Sockets;
using System.Net;
using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Rescheduling;
using Llumnix.Testing.Fleet;
using Llumnix.Testing.Llumlets;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Llumnix.Server.Tests.Rescheduling;

/// <summary>Cycles on a clock that stands still until told otherwise, over a scheduler's view and real llumlet calls.</summary>
public sealed class ReschedulerTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _time = new();
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly RecordingLogger<Rescheduler> _logger = new();
    private readonly FullModeScheduler _scheduler;
    private readonly MigrationExecutor _executor;
    private readonly Rescheduler _rescheduler;

    public ReschedulerTests()
    {
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue();
        _scheduler = new FullModeScheduler(
            new FullModePolicies(metrics).Build("load-balance", new PolicyOptions()), new FullModeOptions(), _time, new Random(1));
        var planner = ReschedulingPolicies.Planner(
            new PlannerOptions { Policies = ["neutral_load", "neutral_failover"], Neutral = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) }, metrics);
        _executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromMilliseconds(1000) }, _time);
        _rescheduler = new Rescheduler(
            _scheduler, planner, _executor, TimeSpan.FromMilliseconds(500),
            new ReschedulingTelemetry(Prometheus.Metrics.WithCustomRegistry(_registry)), _time, _logger);
    }

    public void Dispose() => _executor.Dispose();

    [Fact]
    public async Task Cycles_OneUnchangedStatus_OneMigration()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        _scheduler.Synchronize(Fleet(1, llumlet.Port));
        await RunAsync(25, TimeSpan.FromMilliseconds(108));
        Assert.Single(llumlet.Requests);
    }

    [Fact]
    public async Task Cycles_BothReport_AreAskedAgain()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        for (int i = 0; i < 9; i++)
        {
            _scheduler.Synchronize(Fleet(1, llumlet.Port, update: i));
            await RunAsync(5, TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(5, llumlet.Requests.Count);
    }

    /// <summary>16 sources whose llumlets are dead, two cycles a second for 20 s, and statuses that change all the time.</summary>
    [Fact]
    public async Task Cycles_LlumletsAreDead_AFewLines()
    {
        int gone = UnusedPort();
        for (int i = 0; i < 40; i++)
        {
            _scheduler.Synchronize(Fleet(16, gone, update: i));
            await RunAsync(1, TimeSpan.FromMilliseconds(500));
        }

        string[] lines = Told();
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("Warning: Migrations since the last such line: 16 failed. neutral_load, a00 to b00: failed ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(
            "Warning: Calls keep failing; left alone with tries that become rarer: 16 sources (a00, a01, a02, a03, a04, ...). ", lines[1], StringComparison.Ordinal);
        string page = await PageAsync();
        double failed = Value(page, "scheduler_rescheduling_failed_total");
        Assert.Equal(Value(page, "scheduler_rescheduling_outcomes_total{policy=\"neutral_load\",outcome=\"failed\"}"), failed);
        Assert.True(Value(page, "scheduler_rescheduling_outcomes_total{policy=\"neutral_load\",outcome=\"backing_off\"}") > failed);
        Assert.Equal(failed, Value(page, "scheduler_rescheduling_total{rescheduling_req_select_rule=\"TOKEN\",rescheduling_req_select_order=\"SR\"}"));
    }

    [Fact]
    public async Task Cycles_LlumletIsBack_IsTold()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        int gone = UnusedPort();
        for (int i = 0; i < 6; i++)
        {
            _scheduler.Synchronize(Fleet(1, gone, update: i));
            await RunAsync(1, TimeSpan.FromSeconds(1));
        }

        llumlet.Answer = (_, _) => throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.Internal, "broken"));
        for (int i = 6; i < 30; i++)
        {
            _scheduler.Synchronize(Fleet(1, llumlet.Port, update: i));
            await RunAsync(1, TimeSpan.FromSeconds(1));
            llumlet.Answer = i < 12 ? llumlet.Answer : (_, _) => Task.FromResult(new MigrateResponse { Success = true });
        }

        Assert.Single(Told(), static line => line.StartsWith("Information: Answer again and are no longer left alone: 1 sources (a00)", StringComparison.Ordinal));
    }

    /// <summary>A refusal is an answer. It is told once a minute with the number of those since.</summary>
    [Fact]
    public async Task Cycles_LlumletRefuses_IsNoFailureAndTwoLinesInTwoMinutes()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        llumlet.Answer = (_, _) => Task.FromResult(new MigrateResponse { Message = "no slot" });
        for (int i = 0; i < 239; i++)
        {
            _scheduler.Synchronize(Fleet(1, llumlet.Port, update: i));
            await RunAsync(1, TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(
            [
                "Information: Migrations since the last such line: 1 refused. neutral_load, a00 to b00: refused no slot",
                "Information: Migrations since the last such line: 40 refused. neutral_load, a00 to b00: refused no slot",
            ],
            Told());
        string page = await PageAsync();
        Assert.Equal(0, Value(page, "scheduler_rescheduling_failed_total"));
        Assert.Equal(llumlet.Requests.Count, Value(page, "scheduler_rescheduling_total{rescheduling_req_select_rule=\"TOKEN\",rescheduling_req_select_order=\"SR\"}"));
    }

    /// <summary>Loaded ones with a llumlet, and as many that are idle.</summary>
    private static InstanceReading[] Fleet(int pairs, int llumletPort, int update = 0) =>
    [
        .. Enumerable.Range(0, pairs).SelectMany(i => (InstanceReading[])
        [
            Readings.Of(
                $"a{i:00}",
                metadata: m => m with { Ip = "127.0.0.1", ApiServerPort = 1000 + i, LlumletPort = llumletPort },
                status: s => Updated(s, update) with { UsedGpuTokens = 90_000, RunningRequestCount = 90 }),
            Readings.Of($"b{i:00}", status: s => Updated(s, update)),
        ]),
    ];

    private static InstanceStatus Updated(InstanceStatus status, int update) =>
        status with { TimestampMs = status.TimestampMs + (update * 500), UpdateId = status.UpdateId + update };

    private async Task RunAsync(int cycles, TimeSpan interval)
    {
        for (int i = 0; i < cycles; i++)
        {
            _time.Advance(interval);
            await _rescheduler.RunCycleAsync(Cancellation);
        }
    }

    private string[] Told() => [.. _logger.Lines.Where(static line => !line.StartsWith("Debug", StringComparison.Ordinal))];

    private async Task<string> PageAsync()
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page, Cancellation);
        return System.Text.Encoding.UTF8.GetString(page.ToArray());
    }

    private static double Value(string page, string series) => double.Parse(
        page.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal)).Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
