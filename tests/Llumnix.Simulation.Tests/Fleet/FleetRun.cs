using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>A run of load-balance on eight equal engines.</summary>
internal sealed record FleetRun
{
    internal const int Engines = 8;

    /// <summary>What the policy is made from; prompts are looked up where it is cache-aware.</summary>
    internal PolicyOptions Policies { get; init; } = new();

    /// <summary>Shortest prompt that is looked up where it is cache-aware, in tokens.</summary>
    internal int MinTokens { get; init; } = new PrefixLookupOptions().MinTokens;

    /// <summary>Options of the scheduler beside the policy.</summary>
    internal FullModeOptions Options { get; init; } = new();

    /// <summary>Delays.</summary>
    internal StatusPath Path { get; init; } = new();

    /// <summary>The engines' step times.</summary>
    internal IStepLatencyModel Latency { get; init; } = PolynomialLatencyModel.H200Llama8B;

    internal FleetResult Play(IReadOnlyList<RequestArrival> arrivals)
    {
        var clock = new VirtualClock();
        var engine = new EngineConfiguration { TokensPerContentId = PromptTokens.TokensPerContentId, ProfilingSteps = int.MaxValue, Latency = Latency };
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = [.. Enumerable.Repeat(engine, Engines)],
                Arrivals = arrivals,
                Path = Path,
                PrefixLookup = Policies.CacheAware.IsEnabled ? new PrefixLookupOptions { MinTokens = MinTokens } : null,
            },
            clock);
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(Options.PrefillProgress.IsEnabled)).Build("load-balance", Policies),
            Options with { CacheAware = Policies.CacheAware },
            clock,
            new Random(1));
        SimulationResult result = simulation.Run(new SchedulerPlacer(scheduler), cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Requests, static request => Assert.Equal(RequestOutcome.Completed, request.Outcome));
        double[] ttft = [.. result.Requests.Select(static request => (double)request.TtftMs).Order()];
        return new FleetResult(
            result.PrefixHitRate,
            result.BusyTimes.Max(static busy => busy.TotalSeconds) / result.BusyTimes.Average(static busy => busy.TotalSeconds),
            ttft.Average(),
            ttft[(int)(0.99 * (ttft.Length - 1))]);
    }
}
