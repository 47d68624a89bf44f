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

    private static SimulationResult Run(SimulationOptions options, int count, double loss, out FullModeScheduler[] schedulers)
    {
        var clock = new VirtualClock();
        schedulers = [.. Enumerable.Range(0, count).Select(i => new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue()).Build("load-balance", new PolicyOptions()),
            new FullModeOptions { Replica = new ReplicaKey($"s{i}", 1) },
            clock,
            new Random(i)))];
        var simulation = new FleetSimulation(
            options with { Peers = new PeerExchange([.. schedulers.Select(static scheduler => scheduler.Replica!)]) { Loss = loss } }, clock);
        SimulationResult result = simulation.Run(
            new SchedulersPlacer([.. schedulers.Select(static scheduler => new SchedulerPlacer(scheduler))]),
            cancellation: TestContext.Current.CancellationToken);

        // What a lost batch would have ended, age ends.
        clock.Now += TimeSpan.FromSeconds(11);
        return result;
    }
}
