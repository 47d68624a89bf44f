using Llumnix.Scheduling;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>
/// One of four engines is drained while each has about 60 running requests: nothing is lost, nothing goes there, and once half of its requests have left, the
/// estimate of the whole time until it is empty is right within a fifth.
/// </summary>
public sealed class DrainTests(ITestOutputHelper log)
{
    private const int Engines = 4;
    private static readonly TimeSpan DrainAt = TimeSpan.FromSeconds(20);

    public static TheoryData<int, bool> Runs => [.. Enumerable.Range(1, 6).SelectMany(static seed => new[] { (seed, true), (seed, false) })];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_OneIsDrained_EmptyWithinItsEstimateAndNothingIsLost(int seed, bool migrates)
    {
        var clock = new VirtualClock();
        RequestArrival[] arrivals = Arrivals(seed);
        var simulation = new FleetSimulation(
            new SimulationOptions { Engines = [.. Enumerable.Repeat(new EngineConfiguration { KvTransferBytesPerSecond = 1e9 }, Engines)], Arrivals = arrivals }, clock);
        MetricCatalogue<Llumnix.Scheduling.Instances.FullModeInstance> metrics = FullModeMetrics.Catalogue();
        var scheduler = new FullModeScheduler(
            new FullModePolicies(metrics).Build("load-balance", new PolicyOptions()), new FullModeOptions(), clock, new Random(seed));
        string drained = simulation.Engines[0].InstanceId;
        var placer = new DrainingPlacer(scheduler, clock, drained, DrainAt);
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
        double estimate = (at - DrainAt + half.EmptyIn!.Value) / empty;
        log.WriteLine(FormattableString.Invariant($"{first.Work.Requests} requests, empty after {empty.TotalSeconds:0.0} s, estimate {estimate:0.00} of it"));
        Assert.InRange(estimate, 0.8, 1.2);

        (TimeSpan safeAt, _) = placer.Reports.First(static report => report.Report.IsSafeToDelete);
        Assert.InRange(safeAt - DrainAt - empty, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.All(placer.Reports.Where(report => report.At >= safeAt), static report => Assert.True(report.Report.IsSafeToDelete));
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
