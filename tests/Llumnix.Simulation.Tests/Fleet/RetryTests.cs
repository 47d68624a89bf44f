using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>When a gateway asks for another engine, and without which engines, as <c>llumnix gateway</c> does.</summary>
public sealed class RetryTests
{
    /// <summary>A prompt of 1000 tokens takes minutes on it.</summary>
    private const double Standstill = 1e5;

    /// <summary>
    /// It arrives at 1000 ms, and is asked for again at 8010 ms, 10 ms after the crash; held back then for 10 s at most: the last question is at 18,010 ms. Counted from the arrival, it would be at 10,010 ms.
    /// </summary>
    [Theory]
    [InlineData(10, RequestOutcome.Completed)]
    [InlineData(11, RequestOutcome.Refused)]
    public void Run_HeldBackAfterAFailure_WaitsAsLongAsANewRequest(int held, RequestOutcome expected)
    {
        (SimulationResult result, ScriptedPlacer placer) = Play(
            [1], [Slow(0), Crash(0)], (_, asked) => asked == 0 ? 0 : asked <= held ? null : 1);
        Assert.Equal(expected, result.Requests.Single().Outcome);
        Assert.Equal([1000.0, .. Enumerable.Range(0, 11).Select(static i => 8010.0 + (1000 * i))], placer.Questions.Select(static question => question.Ms));
    }

    /// <summary>A follower adds 20 ms to the way of a question: that of a retry is there 10 + 20 ms after the crash. One at the leader takes 10 ms.</summary>
    [Fact]
    public void Run_RetryByAFollower_OneWayLaterAtTheLeader()
    {
        double[] arrivals = [.. Enumerable.Range(0, 12).Select(static i => (double)i / 2)];
        (_, ScriptedPlacer placer) = Play(
            arrivals, [Slow(0), Crash(0)], static (_, asked) => asked, new LeaderForwarding(2, TimeSpan.FromMilliseconds(40)));
        double[] first = [.. arrivals.Select((at, i) => placer.Questions.First(question => question.Id == $"r{i}").Ms - (1000 * at))];
        double[] second = [.. arrivals.Select((_, i) => placer.Questions.Where(question => question.Id == $"r{i}").ElementAt(1).Ms - 8010)];
        Assert.Equal(first, second);
        Assert.Equal([0.0, 20.0], first.Distinct().Order());
    }

    /// <summary>The first engine refuses the connection, the second one too; each is excluded from then on, and waits double: 10 and 20 ms, after 1 ms on the way.</summary>
    [Fact]
    public void Run_EnginesRefuse_EachIsExcludedAndWaitsDouble()
    {
        (SimulationResult result, ScriptedPlacer placer) = Play([9], [Crash(0), Crash(1)], static (_, asked) => asked);
        Assert.Equal([(9000, "r0", ""), (9011, "r0", "engine-0000"), (9032, "r0", "engine-0000 engine-0001")], placer.Questions);
        Assert.Equal(RequestOutcome.Completed, result.Requests.Single().Outcome);
    }

    /// <summary>
    /// A request that waits on engine 0 migrates to engine 1, which crashes. What breaks for the gateway is its connection to engine 0, all that it knows of: it
    /// excludes that one, and should engine 1 be chosen again, its refusal excludes that one, too.
    /// </summary>
    [Fact]
    public void Run_DestinationCrashes_GatewayExcludesTheEngineThatItWasTold()
    {
        (SimulationResult result, ScriptedPlacer placer) = Play(
            [1, 1], [Slow(0), Slow(1), Drain(0), Crash(1)], static (id, asked) => id == "r0" ? 0 : asked, migrates: true);
        Assert.Single(result.Migrations);
        Assert.Equal(
            [(1000, ""), (8010, "engine-0000"), (8031, "engine-0000 engine-0001")],
            placer.Questions.Where(static question => question.Id == "r1").Select(static question => (question.Ms, question.Excluded)));
        Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.0.2"], ReleasesOf("r1", placer));
        Assert.Equal(RequestOutcome.Completed, result.Requests[1].Outcome);
    }

    /// <summary>The same, but the engine that the gateway is connected to crashes: the tokens would come over it.</summary>
    [Fact]
    public void Run_SourceCrashesAfterTheMigration_RequestBreaksThere()
    {
        (SimulationResult result, ScriptedPlacer placer) = Play(
            [1, 1], [Slow(0), Slow(1), Drain(0), Crash(0)], static (_, asked) => 2 * asked, migrates: true);
        Assert.Single(result.Migrations);
        Assert.Equal(
            [(1000, ""), (8010, "engine-0000")],
            placer.Questions.Where(static question => question.Id == "r1").Select(static question => (question.Ms, question.Excluded)));
        Assert.Equal(["10.0.0.0", "10.0.0.2"], ReleasesOf("r1", placer));
        Assert.All(result.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        // Nothing of it goes on at engine 1, which has had no other request.
        Assert.Equal(0, result.Timeline[^1][1].Waiting + result.Timeline[^1][1].DecodeBatch);
    }

    private static EngineFault Slow(int engine) => new(EngineFaultKind.Slow, engine, TimeSpan.Zero, TimeSpan.FromHours(1)) { Factor = Standstill };

    private static EngineFault Crash(int engine) => new(EngineFaultKind.Crash, engine, TimeSpan.FromSeconds(8), TimeSpan.FromHours(1));

    private static EngineFault Drain(int engine) => new(EngineFaultKind.Drain, engine, TimeSpan.FromSeconds(2), TimeSpan.FromHours(1));

    private static IEnumerable<string> ReleasesOf(string id, ScriptedPlacer placer) =>
        placer.Releases.Where(release => release.Id == id).Select(static release => release.Host);

    private static (SimulationResult Result, ScriptedPlacer Placer) Play(
        double[] arrivals, EngineFault[] faults, Func<string, int, int?> choose, LeaderForwarding? forwarding = null, bool migrates = false)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(new EngineConfiguration { MaxRunningRequests = 1 }, 3)],
                Arrivals = [.. arrivals.Select(static at => new RequestArrival(TimeSpan.FromSeconds(at), 1000, 3))],
                Faults = faults,
                Forwarding = forwarding,
                GatewayRetries = 2,
                Drain = TimeSpan.FromMinutes(1),
            },
            clock);
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue();
        var scheduler = new FullModeScheduler(
            new FullModePolicies(metrics).Build("load-balance", new PolicyOptions()), new FullModeOptions(), clock, new Random(1));
        var placer = new ScriptedPlacer(new SchedulerPlacer(scheduler), simulation.Engines, clock, choose);
        Rescheduling? rescheduling = migrates
            ? new Rescheduling(scheduler, ReschedulingPolicies.Planner(new PlannerOptions { Policies = [] }, metrics), TimeSpan.FromMilliseconds(500))
            : null;
        return (simulation.Run(placer, rescheduling, cancellation: TestContext.Current.CancellationToken), placer);
    }
}
