using Llumnix.Cli.Serve;
using Llumnix.Gateway.Placement;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Llumnix.Cli.Tests.Serve;

public sealed class LocalPlacerTests
{
    /// <summary>That a prompt is computed must be known soon: for plain engines nothing else tells it. Other progress may wait.</summary>
    [Fact]
    public async Task Report_FirstToken_OnceWithTheNextTickAndTheRestWhenAllAreDue()
    {
        await using var runtime = new ReportedRuntime();
        LocalPlacer placer = Make(runtime, NewMetrics());
        PlacementLease first = await PlaceAsync(placer, "first");
        await PlaceAsync(placer, "second");
        placer.Report(isAllDue: false);
        Assert.Empty(runtime.TakeRows());
        first.Progress(1);
        placer.Report(isAllDue: false);
        Assert.Equal([("first", 101, true)], runtime.TakeRows());
        first.Progress(5);
        placer.Report(isAllDue: false);
        Assert.Empty(runtime.TakeRows());
        placer.Report(isAllDue: true);
        Assert.Equal([("first", 105, true), ("second", 100, false)], runtime.TakeRows());
        await first.DisposeAsync();
        placer.Report(isAllDue: true);
        Assert.Equal([("second", 100, false)], runtime.TakeRows());
    }

    [Theory]
    [InlineData("--enable-full-mode-scheduling=false")]
    [InlineData("--status-source=engines")]
    public async Task Place_BeforeItRuns_WaitsForTheListOfEngines(string mode)
    {
        SchedulerOptions options = SchedulerOptionsParser.Parse(
            [mode, "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1"], SchedulerProgram.KnownNames).Options;
        MetricFactory metrics = NewMetrics();
        await using SchedulingModeRuntime runtime = SchedulingModeRuntime.Make(options, metrics, NullLoggerFactory.Instance, TimeProvider.System);
        LocalPlacer placer = Make(runtime, metrics);
        Task<PlacementLease> placed = PlaceAsync(placer, "early");
        Assert.False(placed.IsCompleted);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = placer.RunAsync(stop.Token);
        Assert.NotNull(await placed);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static MetricFactory NewMetrics() => Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());

    private static LocalPlacer Make(SchedulingModeRuntime runtime, MetricFactory metrics) => new(runtime, new SchedulerTelemetry(metrics, "full"), TimeProvider.System);

    private static async Task<PlacementLease> PlaceAsync(LocalPlacer placer, string id) =>
        (await placer.PlaceAsync(new PlacementQuery(id, "", 100), TestContext.Current.CancellationToken)).Lease!;
}
