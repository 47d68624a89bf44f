using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Several schedulers for one fleet.</summary>
public sealed class PeersTests
{
    private static readonly SimulationOptions Options = new()
    {
        Engines = [.. Enumerable.Repeat(new EngineConfiguration(), 4)],
        Arrivals = [.. Enumerable.Range(0, 600).Select(static i => new RequestArrival(TimeSpan.FromMilliseconds(20 * i), 100 + (i * 37 % 900), 40))],
    };

    [Theory]
    [InlineData(SchedulingMode.Neutral, 0)]
    [InlineData(SchedulingMode.Neutral, 0.05)]
    [InlineData(SchedulingMode.PdStaged, 0.05)]
    public void Run_SchedulersThatTellEachOther_EveryRequestCompletesAndNothingIsLeft(SchedulingMode mode, double loss)
    {
        SimulationResult result = Run(Options with { Mode = mode, Engines = EnginesOf(mode) }, 3, loss, out FullModeScheduler[] schedulers);
        Assert.All(result.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.All(schedulers, static scheduler =>
        {
            Assert.Equal(0, scheduler.Snapshot().LedgerEntries);
            Assert.All(scheduler.Snapshot().Instances, static instance => Assert.Equal(default, instance.Dispatched));
        });
        Assert.Equal(loss > 0, schedulers.Sum(static scheduler => scheduler.Replica!.Figures.Gaps) > 0);
    }

    [Fact]
    public void Run_EnginesCrashUnderLoad_OnlyTheirRequestsAreLost()
    {
        SimulationOptions options = Options with
        {
            Faults =
            [
                new EngineFault(EngineFaultKind.Crash, 1, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4)),
                new EngineFault(EngineFaultKind.Unschedulable, 2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4)),
            ],
        };
        SimulationResult result = Run(options, 2, loss: 0.01, out FullModeScheduler[] schedulers);
        Assert.All(result.Requests, static request => Assert.Contains(request.Outcome, (RequestOutcome[])[RequestOutcome.Completed, RequestOutcome.Lost]));
        Assert.InRange(result.Requests.Count(static request => request.Outcome == RequestOutcome.Lost), 1, 300);
        Assert.All(schedulers, static scheduler => Assert.Equal(0, scheduler.Snapshot().LedgerEntries));
    }

    /// <summary>
    /// One engine is drained at 3 s and killed at 8 s: no scheduler places on it from the order on, each says before the end that it may be deleted, and its end
    /// costs no request. Another one is killed under load, for good, and costs those on it alone.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0.01)]
    [InlineData(4, 0.01)]
    public void Run_OneEngineIsDrainedAndKilledAndAnotherOneKilled_OnlyTheOthersRequestsAreLost(int count, double loss)
    {
        TimeSpan drainAt = TimeSpan.FromSeconds(3);
        TimeSpan killAt = TimeSpan.FromSeconds(8);
        TimeSpan forGood = TimeSpan.FromHours(1);
        var clock = new VirtualClock();
        FullModeScheduler[] schedulers = Schedulers(count, clock);
        var simulation = new FleetSimulation(
            Options with
            {
                Peers = PeersOf(schedulers, loss),
                Faults =
                [
                    new EngineFault(EngineFaultKind.Drain, 0, drainAt, forGood),
                    new EngineFault(EngineFaultKind.Crash, 0, killAt, forGood),
                    new EngineFault(EngineFaultKind.Crash, 1, killAt, forGood),
                ],
            },
            clock);
        var placers = schedulers.Select(scheduler => new DrainingPlacer(scheduler, clock)).ToArray();
        SimulationResult result = simulation.Run(new SchedulersPlacer(placers), cancellation: TestContext.Current.CancellationToken);
        Assert.All(placers, placer =>
        {
            Assert.Equal(0, placer.PlacedThere);
            Assert.Contains(placer.Reports, report => report.At < killAt && report.Report.IsSafeToDelete);
        });
        Assert.DoesNotContain(result.Requests, static request => request.Outcome is not (RequestOutcome.Completed or RequestOutcome.Lost));
        Assert.All(result.Timeline.Skip(8), static sample => Assert.Equal(0, sample[0].DecodeBatch + sample[1].DecodeBatch));
        Assert.InRange(result.Requests.Count(static request => request.Outcome == RequestOutcome.Lost), 1, 300);
        AssertNothingIsLeft(schedulers, clock);
    }

    /// <summary>Killed as above, without the other one: nothing is lost at all, whether all schedulers decide or one does and the others forward to it.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    public void Run_EngineIsKilledOnceItIsSafeToDelete_NothingIsLost(int deciding, int schedulers)
    {
        var clock = new VirtualClock();
        FullModeScheduler[] own = Schedulers(deciding, clock);
        var simulation = new FleetSimulation(
            Options with
            {
                Peers = PeersOf(own, loss: 0),
                Forwarding = new LeaderForwarding(schedulers, TimeSpan.FromMilliseconds(0.5)),
                Faults =
                [
                    new EngineFault(EngineFaultKind.Drain, 3, TimeSpan.FromSeconds(3), TimeSpan.FromHours(1)),
                    new EngineFault(EngineFaultKind.Crash, 3, TimeSpan.FromSeconds(8), TimeSpan.FromHours(1)),
                ],
            },
            clock);
        SimulationResult result = simulation.Run(PlacerOf(own), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, result.Requests.Count(static request => request.Outcome != RequestOutcome.Completed));
        AssertNothingIsLeft(own, clock);
    }

    /// <summary>An idle fleet: what a follower adds to a request is all that differs, and it adds to a question with an answer once.</summary>
    [Theory]
    [InlineData(SchedulingMode.Neutral, 1)]
    [InlineData(SchedulingMode.PdBatch, 1)]
    [InlineData(SchedulingMode.PdStaged, 2)]
    public void Run_FollowersForward_TheirRequestsTakeThatLonger(SchedulingMode mode, int questions)
    {
        SimulationOptions options = Options with
        {
            Mode = mode,
            Engines = EnginesOf(mode),
            Arrivals = [.. Enumerable.Range(0, 40).Select(static i => new RequestArrival(TimeSpan.FromSeconds(i), 100, 20))],
        };
        SimulationResult without = RunForwarding(options, null);
        SimulationResult with = RunForwarding(options, new LeaderForwarding(2, TimeSpan.FromMilliseconds(40)));
        double[] added = [.. with.Requests.Zip(without.Requests, static (one, other) => (double)one.EndToEndMs - other.EndToEndMs)];
        Assert.All(added, milliseconds => Assert.True(Math.Abs(milliseconds) < 0.01 || Math.Abs(milliseconds - (40 * questions)) < 0.01, $"{milliseconds} ms"));
        Assert.InRange(added.Count(static milliseconds => milliseconds > 1), 10, 30);
        Assert.All(
            with.Requests.Zip(without.Requests, static (one, other) => (double)one.TtftMs - other.TtftMs),
            static milliseconds => Assert.InRange(milliseconds, -0.01, 40.01));
    }

    [Fact]
    public void Run_SameSeed_SameBytes()
    {
        SimulationResult first = Run(Options, 2, loss: 0.05, out _);
        SimulationResult second = Run(Options, 2, loss: 0.05, out _);
        Assert.Equal(first.Requests, second.Requests);
        Assert.Equal(first.Steps, second.Steps);
    }

    private static IReadOnlyList<EngineConfiguration> EnginesOf(SchedulingMode mode) => mode == SchedulingMode.Neutral
        ? Options.Engines
        : [.. Options.Engines.Select(static (engine, i) => engine with { InferType = i < 2 ? InferType.Prefill : InferType.Decode })];

    private static SimulationResult RunForwarding(SimulationOptions options, LeaderForwarding? forwarding)
    {
        var clock = new VirtualClock();
        return new FleetSimulation(options with { Forwarding = forwarding }, clock)
            .Run(PlacerOf(Schedulers(1, clock)), cancellation: TestContext.Current.CancellationToken);
    }

    private static SimulationResult Run(SimulationOptions options, int count, double loss, out FullModeScheduler[] schedulers)
    {
        var clock = new VirtualClock();
        schedulers = Schedulers(count, clock);
        var simulation = new FleetSimulation(options with { Peers = PeersOf(schedulers, loss) }, clock);
        SimulationResult result = simulation.Run(PlacerOf(schedulers), cancellation: TestContext.Current.CancellationToken);

        // What a lost batch would have ended, age ends.
        clock.Now += TimeSpan.FromSeconds(11);
        return result;
    }

    private static FullModeScheduler[] Schedulers(int count, VirtualClock clock) => [.. Enumerable.Range(0, count).Select(i => new FullModeScheduler(
        new FullModePolicies(FullModeMetrics.Catalogue()).Build("load-balance", new PolicyOptions()),
        new FullModeOptions { Replica = new ReplicaKey($"s{i}", 1) },
        clock,
        new Random(i)))];

    private static PeerExchange PeersOf(FullModeScheduler[] schedulers, double loss) =>
        new([.. schedulers.Select(static scheduler => scheduler.Replica!)]) { Loss = loss };

    private static SchedulersPlacer PlacerOf(FullModeScheduler[] schedulers) => new SchedulersPlacer([.. schedulers.Select(static scheduler => new SchedulerPlacer(scheduler))]);

    private static void AssertNothingIsLeft(FullModeScheduler[] schedulers, VirtualClock clock)
    {
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.All(schedulers, static scheduler => Assert.Equal(0, scheduler.Snapshot().LedgerEntries));
    }
}
