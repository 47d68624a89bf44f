using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

public sealed class FleetSimulationTests
{
    private static readonly EngineConfiguration Engine = new();

    [Theory]
    [InlineData(SchedulingMode.Neutral)]
    [InlineData(SchedulingMode.PdBatch)]
    [InlineData(SchedulingMode.PdStaged)]
    public void Run_AnyMode_EveryRequestGetsAllItsTokensAndNothingIsLeft(SchedulingMode mode)
    {
        SimulationResult result = Simulate(mode, Arrivals(40, 30), out FullModeScheduler scheduler);
        Assert.All(result.Requests, request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.All(scheduler.Snapshot().Instances, instance => Assert.Equal(0, instance.Dispatched.Requests));
        Assert.Equal(0, scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Run_SameSeed_SameBytes()
    {
        SimulationResult first = Simulate(SchedulingMode.PdStaged, Arrivals(40, 30), out _);
        SimulationResult second = Simulate(SchedulingMode.PdStaged, Arrivals(40, 30), out _);
        Assert.Equal(first.Requests, second.Requests);
        Assert.Equal(first.Timeline.SelectMany(static x => x), second.Timeline.SelectMany(static x => x));
        Assert.Equal(first.Steps, second.Steps);
    }

    /// <summary>The scheduler holds everybody back for 2.5 s: gateways ask at 0, 1, 2 and 3 s, but no longer than they are told to.</summary>
    [Theory]
    [InlineData(3.0, RequestOutcome.Completed)]
    [InlineData(2.9, RequestOutcome.Refused)]
    public void Run_RequestIsHeldBack_GatewaysAskAgain(double forSeconds, RequestOutcome expected)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [Engine], Arrivals = [new RequestArrival(TimeSpan.FromSeconds(1), 100, 10)], AskAgainFor = TimeSpan.FromSeconds(forSeconds),
            },
            clock);
        var placer = new HoldingPlacer(
            new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)), clock, until: TimeSpan.FromSeconds(3.5));
        RequestResult result = simulation.Run(placer, cancellation: TestContext.Current.CancellationToken).Requests.Single();
        Assert.Equal(expected, result.Outcome);
        if (expected == RequestOutcome.Completed)
        {
            Assert.InRange(result.TtftMs, 3000, 3100);
        }
    }

    [Fact]
    public void Constructor_AskAgainAtOnce_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new FleetSimulation(
        new SimulationOptions { Engines = [Engine], Arrivals = [], AskAgainAfter = TimeSpan.Zero }, new VirtualClock()));

    /// <summary>
    /// One engine, prompts that each fill a step, one token each: an M/D/1 queue. Its mean wait is rho s / 2 (1 - rho); 1 ms of dispatch
    /// comes on top.
    /// </summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Run_FixedServiceTimes_WaitAsQueueingTheorySays(double utilization)
    {
        const double ServiceMs = 100;
        var engine = new EngineConfiguration
        {
            MaxBatchedTokens = 1000, PrefixCacheEnabled = false, Latency = new PolynomialLatencyModel { PrefillBase = ServiceMs },
        };
        var random = new Random(7);
        double seconds = 0;
        RequestArrival[] arrivals = [.. Enumerable.Range(0, 100_000).Select(_ =>
        {
            seconds -= Math.Log(1 - random.NextDouble()) / (utilization / (ServiceMs / 1000));
            return new RequestArrival(TimeSpan.FromSeconds(seconds), 1000, 1);
        })];
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(new SimulationOptions { Engines = [engine], Arrivals = arrivals }, clock);
        SimulationResult result = simulation.Run(new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)), cancellation: TestContext.Current.CancellationToken);
        double expected = ServiceMs + (utilization * ServiceMs / (2 * (1 - utilization))) + 1;
        Assert.Equal(expected, result.Requests.Average(static request => request.TtftMs), 0.03 * expected);
    }

    [Theory]
    [InlineData(BaselineKind.RoundRobin)]
    [InlineData(BaselineKind.Random)]
    [InlineData(BaselineKind.LeastRequests)]
    [InlineData(BaselineKind.PowerOfTwo)]
    public void Run_Baselines_ServeEverything(BaselineKind kind)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(new SimulationOptions { Engines = [Engine, Engine, Engine], Arrivals = Arrivals(30, 20) }, clock);
        SimulationResult result = simulation.Run(new BaselinePlacer(kind, simulation.Engines, new Random(1)), cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Requests, request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.All(result.BusyTimes, busy => Assert.True(busy > TimeSpan.Zero));
    }

    [Fact]
    public void Run_EngineCrashes_OnlyItsRequestsAreLost()
    {
        SimulationResult result = Simulate(
            SchedulingMode.Neutral, Arrivals(40, 30), out _, new EngineFault(EngineFaultKind.Crash, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1000)));
        int lost = result.Requests.Count(static request => request.Outcome == RequestOutcome.Lost);
        Assert.InRange(lost, 1, 200);
        Assert.All(result.Requests, request => Assert.True(request.Outcome is RequestOutcome.Completed or RequestOutcome.Lost));
        Assert.DoesNotContain(result.Requests, request => request is { Outcome: RequestOutcome.Lost, ArrivalSeconds: > 16 });
    }

    /// <summary>The crash comes within a step, which is never completed; the engine works again once it is back.</summary>
    [Fact]
    public void Run_EngineCrashesAndIsBack_TakesRequestsAgain()
    {
        SimulationResult result = Simulate(
            SchedulingMode.Neutral, Arrivals(40, 60), out _, new EngineFault(EngineFaultKind.Crash, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        Assert.Contains(result.Requests, static request => request.Outcome == RequestOutcome.Lost);
        Assert.All(result.Timeline.Skip(12).Take(5), static sample => Assert.Equal(0, sample[0].DecodeBatch));
        Assert.Contains(result.Timeline.Skip(30), static sample => sample[0].DecodeBatch > 0);
    }

    /// <summary>An engine that takes no more requests is emptied: its requests finish elsewhere.</summary>
    [Fact]
    public void Run_EngineIsUnschedulable_FailoverMovesItsRequests()
    {
        SimulationResult result = Simulate(
            SchedulingMode.Neutral,
            Arrivals(40, 30),
            out _,
            new EngineFault(EngineFaultKind.Unschedulable, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1000)),
            policies: ["neutral_failover"]);
        Assert.All(result.Requests, request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.NotEmpty(result.Migrations);
        Assert.All(result.Migrations, migration => Assert.Equal(0, migration.Source));
        Assert.All(result.Timeline.Skip(20), sample => Assert.Equal(0, sample[0].DecodeBatch));
    }

    [Fact]
    public void Run_Cancelled_CutsOff()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(new SimulationOptions { Engines = [Engine], Arrivals = Arrivals(20, 2000) }, clock);
        SimulationResult result = simulation.Run(
            new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)), cancellation: stop.Token);
        Assert.Contains(result.Requests, request => request.Outcome == RequestOutcome.CutOff);
        Assert.All(result.Requests, request => Assert.True(request.Outcome is RequestOutcome.Completed or RequestOutcome.CutOff));
    }

    private static IReadOnlyList<RequestArrival> Arrivals(double rate, double seconds) =>
        BuiltInWorkloads.AzureConversation.Generate(rate, TimeSpan.FromSeconds(seconds), seed: 3);

    private static SimulationResult Simulate(
        SchedulingMode mode, IReadOnlyList<RequestArrival> arrivals, out FullModeScheduler scheduler, EngineFault? fault = null, string[]? policies = null)
    {
        var clock = new VirtualClock();
        EngineConfiguration[] engines =
        [
            .. Enumerable.Range(0, 4).Select(i => Engine with
            {
                InferType = mode == SchedulingMode.Neutral ? InferType.Neutral : i < 2 ? InferType.Prefill : InferType.Decode,
            }),
        ];
        var simulation = new FleetSimulation(
            new SimulationOptions { Engines = engines, Arrivals = arrivals, Mode = mode, Faults = fault is null ? [] : [fault] }, clock);
        scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue()).Build("load-balance", new PolicyOptions()),
            new FullModeOptions { Failover = new FailoverOptions { InstanceStaleness = TimeSpan.FromSeconds(5) } },
            clock,
            new Random(1));
        var rescheduling = policies is null
            ? null
            : new Llumnix.Simulation.Fleet.Rescheduling(
                scheduler,
                ReschedulingPolicies.Planner(new PlannerOptions { Policies = policies }, FullModeMetrics.Catalogue()),
                TimeSpan.FromMilliseconds(500));
        return simulation.Run(new SchedulerPlacer(scheduler), rescheduling, cancellation: TestContext.Current.CancellationToken);
    }
}
