using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Profiling;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Simulate;

/// <summary>Plays scenarios: every contestant at every rate, on the same arrivals.</summary>
internal static class ScenarioRunner
{
    /// <summary>Number of runs of a scenario.</summary>
    public static int CountRuns(Scenario scenario) => WorkloadMaker.RatesOf(scenario.Workload).Count * scenario.Contestants.Count;

    /// <summary>Plays a scenario with its first seed, with a bounded number of concurrent runs.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="parallel">Runs at a time, at least 1.</param>
    /// <param name="onProgress">Receives a run's name and progress, 0 to 1. Called from any thread.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <returns>The runs, by rate, then in the order of the contestants.</returns>
    /// <exception cref="ScenarioException">The scenario cannot be played.</exception>
    public static Task<IReadOnlyList<ScenarioRun>> RunAsync(
        Scenario scenario, int parallel, Action<string, double> onProgress, CancellationToken cancellation) =>
        RunAsync(scenario, [scenario.Seed], parallel, static run => run, onProgress, cancellation);

    /// <summary>Plays a scenario with several seeds, with a bounded number of concurrent runs of any seed and rate.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="parallel">Runs at a time, at least 1.</param>
    /// <param name="keep">What is kept of a run. Called from any thread.</param>
    /// <param name="onProgress">Receives a run's name and progress, 0 to 1. Called from any thread.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <returns>What is kept, by seed, then by rate, then in the order of the contestants.</returns>
    /// <exception cref="ScenarioException">The scenario cannot be played.</exception>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(
        Scenario scenario, IReadOnlyList<int> seeds, int parallel, Func<ScenarioRun, T> keep, Action<string, double> onProgress, CancellationToken cancellation)
    {
        EngineConfiguration[] engines = [.. scenario.Fleet.SelectMany(EnginesOf)];
        using var tables = new SchedulerTables(scenario, LatencyOf);
        List<Func<ScenarioRun>?> runs = [];
        foreach (int seed in seeds)
        {
            Scenario seeded = scenario with { Seed = seed };
            SchedulerOptions?[] options = [.. scenario.Contestants.Select(contestant => contestant.Baseline is null ? OptionsOf(contestant, seeded, tables.Options) : null)];
            foreach (double? rate in WorkloadMaker.RatesOf(scenario.Workload))
            {
                // Made when the first of the contestants plays them, and free when the last one has: all seeds at once may not fit into memory.
                var arrivals = new Lazy<IReadOnlyList<RequestArrival>>(() => WorkloadMaker.Make(seeded.Workload, rate, seed, cancellation));
                runs.AddRange(scenario.Contestants.Select((contestant, i) => (Func<ScenarioRun>)(() =>
                    Run(seeded, contestant, options[i], engines, arrivals.Value, rate ?? WorkloadMaker.RateOf(arrivals.Value), onProgress, cancellation))));
            }
        }

        var results = new T[runs.Count];
        await Parallel.ForAsync(
            0,
            runs.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation },
            (i, _) =>
            {
                results[i] = keep(runs[i]!());
                runs[i] = null;
                return ValueTask.CompletedTask;
            });
        return results;
    }

    private static ScenarioRun Run(
        Scenario scenario,
        Contestant contestant,
        SchedulerOptions? options,
        EngineConfiguration[] engines,
        IReadOnlyList<RequestArrival> arrivals,
        double rate,
        Action<string, double> onProgress,
        CancellationToken cancellation)
    {
        var clock = new VirtualClock();
        SchedulerSet? schedulers = options is null ? null : SchedulerSet.Make(options, contestant, clock);
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = Split(engines, contestant.PrefillEngines),
                Arrivals = arrivals,
                Mode = scenario.Mode,
                AskAgainAfter = TimeSpan.FromMilliseconds(scenario.AskAgainMs),
                AskAgainFor = TimeSpan.FromSeconds(scenario.AskAgainForSeconds),
                Path = new StatusPath
                {
                    DispatchDelay = TimeSpan.FromMilliseconds(scenario.DispatchDelayMs),
                    PushInterval = TimeSpan.FromMilliseconds(scenario.PushIntervalMs),
                    PollInterval = options?.Cms.StatusInterval ?? new StatusPath().PollInterval,
                    KvMetadataDelay = TimeSpan.FromMilliseconds(scenario.KvMetadataDelayMs),
                },
                Reads = options is { Mode.IsOverEngineMetrics: true } ? ReadsOf(options, contestant, scenario) : null,
                ProbeAfter = options?.Failover.ProbeAfter ?? TimeSpan.Zero,
                GatewayRetries = new GatewayOptions().RetryMaxCount,
                Reports = options is not null && (options.Mode.IsOverDiscovery || contestant.ReportIntervalMs is not null) ? ReportsOf(contestant) : null,
                PrefixLookup = schedulers is { Core.CacheAware: { AsksStore: true } asked } ? asked.Lookup : null,
                DoPlacementsNamePrefixes = schedulers is { Core.CacheAware.UsesHistory: true },
                Peers = PeersOf(schedulers, contestant, options, scenario),
                Forwarding = contestant.ForwardMs is { } forward ? new LeaderForwarding(contestant.Schedulers, TimeSpan.FromMilliseconds(forward)) : null,
                Faults = [.. scenario.Faults.Select(static fault => new EngineFault(
                    fault.Kind, fault.Engine, TimeSpan.FromSeconds(fault.AtSeconds), TimeSpan.FromSeconds(fault.DurationSeconds))
                {
                    Factor = fault.Factor ?? FaultScenario.DefaultFactor,
                })],
            },
            clock);
        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{contestant.Name} at {rate:0.##} req/s, seed {scenario.Seed}");
        var progress = new SynchronousProgress(share => onProgress(name, share));
        SimulationResult result;
        if (schedulers is null)
        {
            result = simulation.Run(
                Among(new BaselinePlacer(contestant.Baseline!.Value, simulation.Engines, new Random(scenario.Seed))), null, progress, cancellation);
        }
        else
        {
            Rescheduling? rescheduling = schedulers.Core is { Planner: { } planner } core
                ? new Rescheduling(core.Scheduler, planner, options!.Rescheduling.Interval)
                : null;
            result = simulation.Run(Among(schedulers.Placer), rescheduling, progress, cancellation);
        }

        onProgress(name, 1);
        return ScenarioRun.Of(
            contestant.Name,
            rate,
            scenario.Seed,
            result.From(scenario.Workload.WarmupSeconds ?? 0),
            scenario.TtftSloMs,
            scenario.TpotSloMs,
            schedulers?.Core?.Scheduler.CaptureCalibration());

        IPlacer Among(IPlacer placer) =>
            scenario.Workload.OthersEvery is { } every ? new OthersPlacer(placer, simulation.Engines[0], every) : placer;
    }

    private static PeerExchange? PeersOf(SchedulerSet? schedulers, Contestant contestant, SchedulerOptions? options, Scenario scenario) =>
        schedulers is { Replicas.Count: > 0 }
            ? new PeerExchange(schedulers.Replicas)
            {
                BatchInterval = options!.Peers.BatchIntervalOf(isLed: false),
                Delay = TimeSpan.FromMilliseconds(contestant.PeerDelayMs ?? 0),
                Loss = contestant.PeerLoss,
                Seed = scenario.Seed,
            }
            : null;

    private static GatewayReports ReportsOf(Contestant contestant) => new()
    {
        Interval = contestant.ReportIntervalMs is { } interval ? TimeSpan.FromMilliseconds(interval) : new GatewayReports().Interval,
        FirstTokenDelay = contestant.DoFirstTokensWait ? null : new GatewayReports().FirstTokenDelay,
    };

    private static EngineReads ReadsOf(SchedulerOptions options, Contestant contestant, Scenario scenario) => new()
    {
        Interval = options.Engines.Scraper.Interval,
        Delay = TimeSpan.FromMilliseconds(scenario.EngineReadDelayMs),
        Lag = options.Engines.Lag,
        Loss = contestant.ReadLoss,
        Seed = scenario.Seed,
    };

    private static EngineConfiguration[] Split(EngineConfiguration[] engines, int? prefillEngines) => prefillEngines is not { } prefills
        ? engines
        : [.. engines.Select((engine, i) => engine with { InferType = i < prefills ? InferType.Prefill : InferType.Decode })];

    private static SchedulerOptions OptionsOf(Contestant contestant, Scenario scenario, ProfileOptions profile)
    {
        OptionsParseResult<SchedulerOptions> parsed = ContestantOptions.Parse(contestant, scenario, profile);
        return parsed.Errors.Count == 0
            ? parsed.Options
            : throw new ScenarioException($"{contestant.Name}: {string.Join("; ", parsed.Errors)}");
    }

    private static IEnumerable<EngineConfiguration> EnginesOf(EngineGroup group)
    {
        IStepLatencyModel latency = LatencyOf(group);
        return Enumerable.Range(0, group.Count).Select(i => new EngineConfiguration
        {
            InferType = group.InferType,
            Labels = group.Class is null ? "" : SchedulerTables.LabelOf(group.Class),
            KvCapacityTokens = group.KvCapacity ?? EngineProfiles.Find(group.Profile).KvCapacityTokens,
            MaxBatchedTokens = group.MaxBatchedTokens,
            TokensPerContentId = PromptTokens.TokensPerContentId,
            Latency = latency,
            ProfilingSteps = 50,
            Noise = group.Noise,
            NoiseSeed = i,
        });
    }

    private static IStepLatencyModel LatencyOf(EngineGroup group)
    {
        if (!group.HasFiles)
        {
            return EngineProfiles.Find(group.Profile).Latency;
        }

        try
        {
            LatencyProfile profile = ProfilingTables.Read(group.TtftProfile!, group.TpotProfile!, []);
            return new ProfiledLatencyModel(profile);
        }
        catch (ProfilingTableException exception)
        {
            throw new ScenarioException(exception.Message, exception);
        }
    }

    private sealed class SynchronousProgress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
