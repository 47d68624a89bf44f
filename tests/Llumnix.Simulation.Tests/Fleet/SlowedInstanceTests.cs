using System.Globalization;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Slo;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>One of four engines takes 1.25 times as long for its steps, from 300 to 600 s.</summary>
public sealed class SlowedInstanceTests(ITestOutputHelper log)
{
    private const int Engines = 4;
    private static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan SlowTo = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan End = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>It is told within a minute, that one alone gets less work, and all are equal again a minute after it has recovered.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_OneSlowsByAQuarterAndRecovers_ToldWithLessWorkAndBackAgain(int seed)
    {
        (CalibrationProbe on, _) = Play(LatencyCorrectionMode.On, seed);
        (CalibrationProbe observed, _) = Play(LatencyCorrectionMode.Observe, seed);
        string slow = "engine-0000";
        (double before, double during, double after) = Shares(on, slow);
        (_, double duringUncorrected, _) = Shares(observed, slow);
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", on.Changes.Select(static change => $"{change.Instance} {change.Table} × {change.Ratio:0.00} {(change.IsDrifted ? "drifted" : "back")} at {change.At.TotalSeconds:0.0} s"))}; share {before:0.000}, {during:0.000} ({duringUncorrected:0.000} uncorrected), {after:0.000}"));

        Assert.Equal([true, false], on.Changes.Select(static change => change.IsDrifted));
        Assert.All(on.Changes, change => Assert.Equal(slow, change.Instance));
        Assert.InRange(on.Changes[0].At, SlowFrom, SlowFrom + Minute);
        Assert.InRange(on.Changes[1].At, SlowTo, SlowTo + Minute);
        Assert.InRange(before, 0.21, 0.29);
        Assert.InRange(during, 0.05, 0.9 * before);
        Assert.InRange(during, 0.05, duringUncorrected);
        Assert.InRange(after, 0.21, 0.29);
    }

    /// <summary>The fault itself: while it lasts, and only then, the engine's steps take so many times as long.</summary>
    [Fact]
    public void Run_SlowFault_TokensOfThatEngineComeSlowerWhileItLasts()
    {
        (_, SimulationResult slow) = Play(LatencyCorrectionMode.Observe, seed: 1, engines: 1);
        (_, SimulationResult even) = Play(LatencyCorrectionMode.Observe, seed: 1, engines: 1, factor: 1);

        // Requests that begin a minute before a change are left out: they meet both speeds, or the queue of the other one.
        Assert.Equal(1, Ratio(TimeSpan.Zero, SlowFrom - Minute), 1e-6);
        Assert.InRange(Ratio(SlowFrom, SlowTo - Minute), 1.25, 1.6);
        Assert.Equal(1, Ratio(SlowTo + Minute, End), 0.02);

        double Ratio(TimeSpan from, TimeSpan to) => Tpot(slow, from, to) / Tpot(even, from, to);

        static double Tpot(SimulationResult result, TimeSpan from, TimeSpan to) => result.Requests
            .Where(request => request.ArrivalSeconds >= from.TotalSeconds && request.ArrivalSeconds < to.TotalSeconds && !float.IsNaN(request.TpotMs))
            .Average(static request => (double)request.TpotMs);
    }

    private static (double Before, double During, double After) Shares(CalibrationProbe probe, string instance) => (
        probe.ShareOf(instance, Minute, SlowFrom), probe.ShareOf(instance, SlowFrom + Minute, SlowTo), probe.ShareOf(instance, SlowTo + Minute, End));

    private static (CalibrationProbe Probe, SimulationResult Result) Play(LatencyCorrectionMode mode, int seed, int engines = Engines, double factor = 1.25)
    {
        var clock = new VirtualClock();
        PolynomialLatencyModel latency = PolynomialLatencyModel.H20Qwen32BEstimate;
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(new EngineConfiguration { Latency = latency, KvCapacityTokens = 60_000, ProfilingSteps = 50 }, engines)],
                Arrivals = Arrivals(seed, engines),
                Path = new StatusPath { PollInterval = TimeSpan.FromMilliseconds(100) },
                Faults = [new EngineFault(EngineFaultKind.Slow, 0, SlowFrom, SlowTo - SlowFrom) { Factor = factor }],
            },
            clock);
        var predictor = new LatencyPredictor(ProfileOf(latency));
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(predictor: predictor), predictor).Build(
                "slo", new PolicyOptions { Slo = new SloOptions { Overload = SloOverload.Spread } }),
            new FullModeOptions { LatencyPredictor = predictor, Calibration = new CalibrationOptions { Mode = mode } },
            clock,
            new Random(seed));
        var probe = new CalibrationProbe(scheduler, clock);
        return (probe, simulation.Run(probe, cancellation: TestContext.Current.CancellationToken));
    }

    /// <summary>Poisson arrivals that keep each engine busy for about half of the time.</summary>
    private static RequestArrival[] Arrivals(int seed, int engines)
    {
        var random = new Random(seed);
        var arrivals = new List<RequestArrival>();
        for (double at = 0; at < End.TotalSeconds;)
        {
            at += -Math.Log(1 - random.NextDouble()) / (0.8 * engines);
            arrivals.Add(new RequestArrival(TimeSpan.FromSeconds(at), random.Next(100, 900), random.Next(50, 300)));
        }

        return [.. arrivals];
    }

    /// <summary>The tables that measuring such an engine gives.</summary>
    private static LatencyProfile ProfileOf(PolynomialLatencyModel latency)
    {
        int[] prompts = [16, 64, 256, 1024, 2048, 4096, 8192];
        int[] batches = [1, 4, 16, 64, 128];
        int[] contexts = [8, 512, 2048, 8192];
        return new LatencyProfile(
            new LatencyCurve([.. prompts.Select(static tokens => (double)tokens)], [.. prompts.Select(tokens => latency.Prefill(tokens).TotalMilliseconds)]),
            new LatencyGrid(
                [.. batches.Select(static batch => (double)batch)],
                [.. contexts.Select(static tokens => (double)tokens)],
                [.. batches.SelectMany(batch => contexts.Select(tokens => latency.Decode(batch, (long)batch * tokens).TotalMilliseconds))]));
    }
}
