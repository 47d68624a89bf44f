using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Engines whose metrics are read. Each prompt of 1,000 tokens fills a step of 100 ms, each further token is a step of 10 ms.</summary>
public sealed class PlainEnginesTests
{
    private static readonly EngineConfiguration Engine = new()
    {
        MaxBatchedTokens = 1000,
        PrefixCacheEnabled = false,
        Latency = new PolynomialLatencyModel { PrefillBase = 100, DecodeBase = 10 },
    };

    private static readonly EngineReads EveryTenMs = new() { Interval = TimeSpan.FromMilliseconds(10), Delay = TimeSpan.Zero, Seed = 1 };

    /// <summary>Three prompts of one token each come within the first step; the page shows them with the steps that begin afterwards.</summary>
    [Fact]
    public void Read_RequestsComeDuringAStep_ShowAfterTheNextOne()
    {
        ReadingLog log = Play(EveryTenMs, null, At(0, 1), At(10, 1), At(20, 1));
        Assert.Equal((0, 0, 0.0), SeenAt(log, 100));
        Assert.Equal((0, 0, 1000.0), SeenAt(log, 200));
        Assert.Equal((0, 1, 2000.0), SeenAt(log, 300));
        Assert.All(log.Statuses.Skip(1), static seen => Assert.Equal(Engine.TotalBlocks * Engine.BlockSize, seen.Status.TotalGpuTokens));
    }

    [Fact]
    public void Read_RequestDecodes_RunsAndHoldsKv()
    {
        ReadingLog log = Play(EveryTenMs, null, At(0, 50));
        InstanceStatus status = log.Statuses.Last(static seen => seen.Ms <= 300).Status;
        Assert.Equal((1, 1, 0), (status.RunningRequestCount, status.SchedulerRunningToDecodeRequests, status.WaitingRequestCount));
        Assert.InRange(status.UsedGpuTokens, 1000, 1100);
        Assert.Empty(status.RecentWaitingRequests);
    }

    /// <summary>Its page is of the moment of the question; the scheduler has it when the delay is over. Lag and a step lie between both and what it covers.</summary>
    [Fact]
    public void Read_DelayAndLag_AreInTheReading()
    {
        var reads = new EngineReads { Interval = TimeSpan.FromMilliseconds(50), Delay = TimeSpan.FromMilliseconds(7), Lag = TimeSpan.FromMilliseconds(30), Seed = 2 };
        ReadingLog log = Play(reads, null, At(0, 200));
        double[] intervals = [.. log.Statuses.Skip(1).Zip(log.Statuses.Skip(2), static (a, b) => b.Ms - a.Ms)];
        Assert.InRange(intervals.Min(), 45, 48);
        Assert.InRange(intervals.Max(), 52, 55);
        Assert.All(log.Statuses.Skip(1), static seen => Assert.Equal(seen.Ms - 7, Ms(seen.Status.Reading!.AskedAt), 0.001));
        EngineReading last = log.Statuses[^1].Status.Reading!;
        Assert.InRange(Ms(last.AskedAt - last.CoversUntil), 39, 42);
    }

    [Fact]
    public void Read_EngineCrashes_OutAfterTwoReadsAndBackWithTheNext()
    {
        ReadingLog log = Play(
            EveryTenMs with { Interval = TimeSpan.FromMilliseconds(100) },
            null,
            [new EngineFault(EngineFaultKind.Crash, 0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))],
            [At(0, 400), At(0, 400)]);
        (double down, InstanceStatus outStatus) = log.Statuses.First(static seen => !seen.Status.Schedulable);
        Assert.InRange(down, 1100, 1400);
        Assert.Null(outStatus.Reading);
        Assert.InRange(log.Statuses.First(seen => seen.Ms > down && seen.Status.Schedulable).Ms, 2000, 3500);
    }

    [Fact]
    public void Read_EngineIsSilent_KeepsItsLastStatus()
    {
        ReadingLog log = Play(
            EveryTenMs, null, [new EngineFault(EngineFaultKind.Silent, 0, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1))], [At(0, 400), At(0, 400)]);
        Assert.DoesNotContain(log.Statuses, static seen => seen.Ms is > 500 and < 1500);
        Assert.Contains(log.Statuses, static seen => seen.Ms > 1500);
    }

    [Fact]
    public void Report_EverySecond_RowsOfOpenRequests()
    {
        ReadingLog log = Play(EveryTenMs, new GatewayReports { FirstTokenDelay = null }, At(0, 150), At(950, 80));
        Assert.Equal([(1000, "r0", true), (1000, "r1", false)], log.Rows.Select(static row => (row.Ms, row.Id, row.IsPrefillDone)));
        Assert.InRange(log.Rows[0].Tokens, 1080, 1091);
        Assert.Equal(1000, log.Rows[1].Tokens);
    }

    [Fact]
    public void Report_FirstTokens_EachHasARowWithinAMoment()
    {
        ReadingLog log = Play(EveryTenMs, new GatewayReports(), At(0, 5), At(500, 1), At(600, 5));
        Assert.Equal([(121, "r0", 1002, true), (721, "r2", 1002, true)], log.Rows);
    }

    [Fact]
    public void Run_SameSeed_SameResults_AnotherSeed_ReadsAtOtherTimes()
    {
        RequestArrival[] arrivals = [.. Enumerable.Range(0, 300).Select(static i => At(40 * i, 1 + (i % 40)))];
        SimulationResult first = Simulate(1, arrivals);
        Assert.Equal(first.Requests, Simulate(1, arrivals).Requests);
        Assert.NotEqual(first.Requests, Simulate(2, arrivals).Requests);
        Assert.All(first.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
    }

    [Fact]
    public void Run_LiteMode_SpreadsByWhatGatewaysReport()
    {
        var clock = new VirtualClock();
        RequestArrival[] arrivals = [.. Enumerable.Range(0, 100).Select(static i => At(60 * i, 20))];
        var simulation = new FleetSimulation(
            new SimulationOptions { Engines = [Engine, Engine, Engine], Arrivals = arrivals, Reports = new GatewayReports() }, clock);
        var tokens = new LoadCriterion("num_tokens", double.MaxValue);
        var scheduler = new LiteModeScheduler(
            new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build("load-balance", new PolicyOptions { Dispatch = new DispatchOptions { Neutral = tokens, Prefill = tokens, Decode = tokens } }),
            new LiteModeOptions(),
            clock,
            new Random(1));
        SimulationResult result = simulation.Run(new LiteModePlacer(scheduler), cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        Assert.All(result.BusyTimes, busy => Assert.InRange(busy / result.BusyTimes.Max(), 0.7, 1));
        Assert.Equal(0, scheduler.Snapshot().Instances.Sum(static instance => instance.Tracked.Requests));
    }

    private static double Ms(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;

    private static RequestArrival At(double ms, int tokens) => new(TimeSpan.FromMilliseconds(ms), 1000, tokens);

    /// <summary>Running and waiting requests and prefilled tokens as known at a moment.</summary>
    private static (int Running, int Waiting, double Prefilled) SeenAt(ReadingLog log, double ms)
    {
        InstanceStatus status = log.Statuses.Last(seen => seen.Ms <= ms && seen.Status.Reading is not null).Status;
        return (status.RunningRequestCount, status.WaitingRequestCount, status.Reading!.PrefilledTokensTotal!.Value);
    }

    private static ReadingLog Play(EngineReads reads, GatewayReports? reports, params RequestArrival[] arrivals) => Play(reads, reports, [], arrivals);

    /// <summary>As many engines as faults and one more; requests go to them in turn.</summary>
    private static ReadingLog Play(EngineReads reads, GatewayReports? reports, EngineFault[] faults, RequestArrival[] arrivals)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(Engine, 1 + faults.Length)], Arrivals = arrivals, Reads = reads, Reports = reports, Faults = faults,
            },
            clock);
        var log = new ReadingLog(new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)), clock);
        simulation.Run(log, cancellation: TestContext.Current.CancellationToken);
        return log;
    }

    private static SimulationResult Simulate(int seed, RequestArrival[] arrivals)
    {
        var clock = new VirtualClock();
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [Engine, Engine, Engine, Engine],
                Arrivals = arrivals,
                Reads = new EngineReads { Seed = seed },
                Reports = new GatewayReports(),
            },
            clock);
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(false)).Build("load-balance", new PolicyOptions()),
            new FullModeOptions { Ledger = new() { IsReconciled = true }, AreStaleInstancesLastResort = true },
            clock,
            new Random(1));
        return simulation.Run(new SchedulerPlacer(scheduler), cancellation: TestContext.Current.CancellationToken);
    }
}
