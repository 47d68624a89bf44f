using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>What schedulers and gateways do about an engine that is gone: probes, and another engine for what it has refused.</summary>
public sealed class EngineFailureTests
{
    private static readonly EngineFault Crash = new(EngineFaultKind.Crash, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));

    /// <summary>Without probes the engine keeps its share until its status is stale, after a minute; with them it is out after the silence and a round of probes.</summary>
    [Theory]
    [InlineData(0, 25)]
    [InlineData(3, 14.5)]
    public void Run_EngineCrashes_LosesRequestsUntilItIsFound(double probeAfter, double lastLoss)
    {
        SimulationResult result = Play(probeAfter, retries: 0, scheduler: true);
        double[] lost = [.. result.Requests.Where(static request => request.Outcome == RequestOutcome.Lost).Select(static request => (double)request.ArrivalSeconds)];
        Assert.InRange(lost.Max(), lastLoss - 2.5, lastLoss);
        // It is back, and found to be.
        Assert.Contains(result.Timeline.Skip(30), static sample => sample[0].DecodeBatch > 0);
    }

    /// <summary>Lost is only what already had a token: the gateway asks for another engine, whatever places requests.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_GatewayAsksAgain_OnlyRequestsWithTokensAreLost(bool scheduler)
    {
        SimulationResult result = Play(probeAfter: 3, retries: 2, scheduler);
        RequestResult[] lost = [.. result.Requests.Where(static request => request.Outcome == RequestOutcome.Lost)];
        Assert.NotEmpty(lost);
        Assert.All(lost, static request => Assert.False(float.IsNaN(request.TtftMs)));
        Assert.All(lost, static request => Assert.InRange(request.ArrivalSeconds, 0, 10));
        Assert.All(result.Requests, static request => Assert.True(request.Outcome is RequestOutcome.Completed or RequestOutcome.Lost));
    }

    /// <summary>A scheduler excludes the engine that has failed the request, so that one retry is enough, and nothing stays in its account.</summary>
    [Fact]
    public void Run_OneRetry_IsEnoughAndNothingIsLeft()
    {
        SimulationResult result = Play(probeAfter: 0, retries: 1, scheduler: true, out FullModeScheduler fleet);
        Assert.All(result.Requests.Where(static request => request.Outcome == RequestOutcome.Lost), static request => Assert.False(float.IsNaN(request.TtftMs)));
        Assert.Equal(0, fleet.Snapshot().LedgerEntries);
    }

    private static SimulationResult Play(double probeAfter, int retries, bool scheduler) => Play(probeAfter, retries, scheduler, out _);

    private static SimulationResult Play(double probeAfter, int retries, bool scheduler, out FullModeScheduler fleet)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(new EngineConfiguration(), 4)],
                Arrivals = BuiltInWorkloads.AzureConversation.Generate(40, TimeSpan.FromSeconds(40), seed: 3),
                Faults = [Crash],
                ProbeAfter = TimeSpan.FromSeconds(probeAfter),
                GatewayRetries = retries,
            },
            clock);
        fleet = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue()).Build("load-balance", new PolicyOptions()), new FullModeOptions(), clock, new Random(1));
        return simulation.Run(
            scheduler ? new SchedulerPlacer(fleet) : new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)),
            cancellation: TestContext.Current.CancellationToken);
    }
}
