using System.Globalization;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>
/// One of four engines is drained while each has about 60 running requests: nothing is lost, nothing goes there, and once half of its requests have left, the
/// estimate of the whole time until it is empty is right within a fifth, in 19 of 20 runs at least: arrivals come in clusters, and so do ends.
/// Without migrations seed 2 misses it: 26 requests leave in 3.5 s, one in the next second, and the other 27 in the 2 s after that.
/// </summary>
public sealed class DrainTests(ITestOutputHelper log)
{
    private const int Engines = 4;
    private const int Seeds = 20;
    private static readonly TimeSpan DrainAt = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_OneIsDrained_EmptyWithinItsEstimateAndNothingIsLost(bool migrates)
    {
        double[] estimates = [.. Enumerable.Range(1, Seeds).Select(seed => Run(seed, migrates)).Order()];
        log.WriteLine(string.Join(' ', estimates.Select(static estimate => estimate.ToString("0.00", CultureInfo.InvariantCulture))));
        Assert.InRange(estimates.Count(static estimate => estimate is >= 0.8 and <= 1.2), Seeds - 1, Seeds);
    }

    /// <summary>Runs with one seed; the time until it is empty as estimated when half has left, over the true one.</summary>
    private static double Run(int seed, bool migrates)
    {
        var clock = new VirtualClock();
        RequestArrival[] arrivals = Arrivals(seed);
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(new EngineConfiguration { KvTransferBytesPerSecond = 4e8 }, Engines)],
                Arrivals = arrivals,
                Faults = [new EngineFault(EngineFaultKind.Drain, 0, DrainAt, TimeSpan.FromHours(1))],
            },
            clock);
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue();
        var scheduler = new FullModeScheduler(
            new FullModePolicies(metrics).Build("load-balance", new PolicyOptions()), new FullModeOptions(), clock, new Random(seed));
        var placer = new DrainingPlacer(scheduler, clock);
        Rescheduling? rescheduling = migrates
            ? new Rescheduling(scheduler, ReschedulingPolicies.Planner(new PlannerOptions { Policies = [] }, metrics), TimeSpan.FromMilliseconds(500))
            : null;
        SimulationResult result = simulation.Run(placer, rescheduling, cancellation: TestContext.Current.CancellationToken);

        Assert.All(result.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.Equal(0, placer.PlacedThere);
        Assert.Equal(migrates, result.Migrations.Count > 0);

        DrainingInstance first = placer.Reports[0].Report;
        Assert.InRange(first.Work.Requests, 40, 90);
        TimeSpan empty = placer.Reports.First(static report => report.Report.Work.Requests == 0).At - DrainAt;
        (TimeSpan at, DrainingInstance half) = placer.Reports.First(static report => report.Report.Work.Requests <= report.Report.AtStart / 2);
        (TimeSpan safeAt, _) = placer.Reports.First(static report => report.Report.IsSafeToDelete);
        Assert.InRange(safeAt - DrainAt - empty, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.All(placer.Reports.Where(report => report.At >= safeAt), static report => Assert.True(report.Report.IsSafeToDelete));
        return (at - DrainAt + half.EmptyIn!.Value) / empty;
    }

    /// <summary>Poisson arrivals, of prompts and answers that differ by a fifth; some 60 under way on each engine.</summary>
    private static RequestArrival[] Arrivals(int seed)
    {
        var random = new Random(seed);
        var arrivals = new List<RequestArrival>();
        double at = 0;
        while (at < 40)
        {
            at += -Math.Log(1 - random.NextDouble()) / 24;
            arrivals.Add(new RequestArrival(TimeSpan.FromSeconds(at), random.Next(400, 600), random.Next(900, 1100)));
        }

        return [.. arrivals];
    }
}
