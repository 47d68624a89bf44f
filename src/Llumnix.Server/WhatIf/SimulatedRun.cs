using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Server.WhatIf;

/// <summary>One scheduler on a simulated fleet.</summary>
/// <param name="name">What it is called.</param>
/// <param name="options">Its options.</param>
/// <param name="mode">How requests are served.</param>
/// <param name="ttftMs">The TTFT target, by which it is judged.</param>
/// <param name="tpotMs">The TPOT target.</param>
internal sealed class SimulatedRun(string name, SchedulerOptions options, SchedulingMode mode, double ttftMs, double tpotMs)
{
    /// <summary>Plays requests.</summary>
    /// <param name="engines">The engines.</param>
    /// <param name="arrivals">The requests.</param>
    /// <param name="rate">Requests per second, to be told.</param>
    /// <param name="seed">Seed of the decisions and of the engines' steps.</param>
    /// <param name="progress">Receives the share of requests that have ended.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal RunSummary Play(
        IReadOnlyList<EngineConfiguration> engines,
        IReadOnlyList<RequestArrival> arrivals,
        double rate,
        int seed,
        IProgress<double> progress,
        CancellationToken cancellation)
    {
        var clock = new VirtualClock();
        SchedulerOptions seeded = options with { Service = options.Service with { Seed = seed } };
        SchedulerCore? core = seeded.Mode.IsFull ? SchedulerCore.Make(seeded, clock, NullLogger.Instance) : null;
        IPlacer placer = core is null ? new LiteModePlacer(SchedulerCore.MakeLite(seeded, clock)) : new SchedulerPlacer(core.Scheduler);
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. engines.Select((engine, i) => engine with { NoiseSeed = unchecked((seed * WhatIfLimits.MaxInstances) + i) })],
                Arrivals = arrivals,
                Mode = mode,
                Path = new StatusPath { PollInterval = options.Cms.StatusInterval },
                Reads = options.Mode.IsOverEngineMetrics ? new EngineReads { Interval = options.Engines.Scraper.Interval, Lag = options.Engines.Lag, Seed = seed } : null,
                Reports = options.Mode.IsOverDiscovery ? new GatewayReports() : null,
                // Nobody looks at the timeline, which takes memory for each sample of each engine.
                SampleInterval = TimeSpan.FromHours(1),
            },
            clock);
        Llumnix.Simulation.Fleet.Rescheduling? rescheduling = core is { Planner: { } planner }
            ? new Llumnix.Simulation.Fleet.Rescheduling(core.Scheduler, planner, options.Rescheduling.Interval)
            : null;
        SimulationResult result = simulation.Run(placer, rescheduling, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return RunSummary.Of(ScenarioRun.Of(name, rate, seed, result, ttftMs, tpotMs, core?.Scheduler.CaptureCalibration()));
    }
}
