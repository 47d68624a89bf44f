using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Embedding;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Tests.EngineSignals;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Llumnix.Adapters.Tests.Embedding;

public sealed class EmbeddedSchedulerTests
{
    private static readonly EngineStatusOptions Quick = new() { Scraper = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(20) } };

    [Fact]
    public async Task Host_MetricOfItsOwn_DecidesByIt()
    {
        await using var few = new LoadedEngine(running: 1);
        await using var many = new LoadedEngine(running: 9);
        // The built-in load would prefer the engine with few requests.
        var most = new LoadCriterion("fewest_idle", 1000);
        using IHost host = await StartAsync(
            new EmbeddedSchedulerOptions
            {
                Engines = [new ListedEngine("127.0.0.1", await few.StartAsync()) { Name = "few" }, new ListedEngine("127.0.0.1", await many.StartAsync()) { Name = "many" }],
                Policies = new PolicyOptions { Dispatch = new DispatchOptions { Neutral = most } },
                EngineStatus = Quick,
            },
            builder => builder.AddMetric<FewestIdle>());
        var scheduler = host.Services.GetRequiredService<IRequestScheduler>();

        await Eventually.TrueAsync(() => RunningOf(host) == 10);
        Assert.Equal(ScheduleOutcome.Placed, scheduler.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 1), out Placement placement));
        Assert.Equal("many", placement.First.Instance.InstanceId);
    }

    [Fact]
    public async Task Host_Started_PlacesAtOnceAndByWhatIsNotReleased()
    {
        // Nothing listens there: the load is what was placed.
        using IHost host = await StartAsync(
            new EmbeddedSchedulerOptions { Engines = [new ListedEngine("127.0.0.1", 1) { Name = "a" }, new ListedEngine("127.0.0.1", 2) { Name = "b" }] }, static _ => { });
        var scheduler = host.Services.GetRequiredService<IRequestScheduler>();
        PlacedInstance first = Place("r1");
        Assert.NotEqual(first.Instance.InstanceId, Place("r2").Instance.InstanceId);

        scheduler.Release("r1", new ReleasedInstance(first.Instance.Host, first.Instance.Port, first.Role, first.Instance.WireId));
        Assert.Equal(first.Instance.InstanceId, Place("r3").Instance.InstanceId);

        PlacedInstance Place(string id)
        {
            Assert.Equal(ScheduleOutcome.Placed, scheduler.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, 100), out Placement placement));
            return placement.First;
        }
    }

    [Theory]
    [InlineData("long-prompts-apart", "unknown policy 'long-prompts-apart'; known: flood, load-balance, round-robin, slo")]
    [InlineData("slo", "The slo policy needs profiling tables.")]
    public async Task Host_PolicyCannotBeUsed_DoesNotStart(string policy, string message) => Assert.StartsWith(
        message,
        (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(new EmbeddedSchedulerOptions { Policy = policy }, static _ => { }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AddLlumnixScheduler_Twice_Throws()
    {
        var services = new ServiceCollection();
        services.AddLlumnixScheduler();
        Assert.Throws<InvalidOperationException>(() => services.AddLlumnixScheduler());
    }

    private static async Task<IHost> StartAsync(EmbeddedSchedulerOptions options, Action<EmbeddedSchedulerBuilder> extend)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        extend(builder.Services.AddLlumnixScheduler(options));
        IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static int RunningOf(IHost host) =>
        host.Services.GetRequiredService<EmbeddedScheduler>().Scheduler.Snapshot().Instances.Sum(static instance => instance.Status.RunningRequestCount);

    /// <summary>The fewer requests run, the higher.</summary>
    private sealed record FewestIdle : LoadMetric<FullModeInstance>
    {
        public override string Name => "fewest_idle";

        public override double Evaluate(FullModeInstance instance) => 100 - instance.Status.RunningRequestCount;
    }
}
