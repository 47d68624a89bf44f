using Llumnix.Scheduling;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Benchmarks;

/// <summary>A scheduler over a fleet under mixed load: half neutral and half prefill/decode, eight to a node, sixteen to a unit.</summary>
internal static class BenchmarkFleet
{
    internal static readonly LatencyPredictor Predictor = new(Profile(1));

    /// <summary>Every second instance has tables of its own.</summary>
    private static readonly LatencyPredictor PredictorByClass = new(
        new ProfileClasses([new ProfileRule("slow", [new InstanceCondition(InstanceTrait.OfLabel("gpu"), ["slow"])], Profile(1.5))], Profile(1)));

    /// <param name="instances">Number of instances.</param>
    /// <param name="isDisaggregated">Half prefill and half decode instead of all neutral.</param>
    /// <param name="isCacheAware">Prefix hits go first.</param>
    /// <param name="source">What tells prefix hits.</param>
    /// <param name="isReplicated">One of two replicas that decide: placements are journaled, and it has its share of the instances.</param>
    /// <param name="decisionHistory">How many decisions are recorded.</param>
    internal static FullModeScheduler Make(
        int instances,
        bool isDisaggregated,
        bool isCacheAware = false,
        CacheAwareSource source = CacheAwareSource.Store,
        bool isReplicated = false,
        int decisionHistory = 0)
    {
        MetricCatalogue<FullModeInstance> catalogue = FullModeMetrics.Catalogue();
        var cacheAware = new CacheAwareOptions { IsEnabled = isCacheAware, Source = source };
        var scheduler = new FullModeScheduler(
            new FullModePolicies(catalogue).Build(
                "load-balance", new PolicyOptions { CacheAware = cacheAware, Share = isReplicated ? new ReplicaShare() : null }),
            new FullModeOptions
            {
                Failover = new FailoverOptions { Domain = "node-unit" },
                CacheAware = cacheAware,
                Replica = isReplicated ? new ReplicaKey("bench", 1) : null,
                DecisionHistory = decisionHistory,
            },
            TimeProvider.System,
            new Random(7));
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(Readings(instances, isDisaggregated, 1));
        scheduler.Replica?.OnStreamOpened(new ReplicaKey("other", 1));
        return scheduler;
    }

    /// <summary>The same with prefix hits from placements.</summary>
    internal static FullModeScheduler MakeWithHistory(int instances) =>
        Make(instances, isDisaggregated: false, isCacheAware: true, CacheAwareSource.History);

    /// <summary>The same with the slo policy; with adaptive PD every instance may take both roles.</summary>
    internal static FullModeScheduler MakeSlo(
        int instances, bool isDisaggregated, bool isAdaptivePd, bool isOfClasses = false, LatencyCorrectionMode correction = LatencyCorrectionMode.Observe)
    {
        LatencyPredictor predictor = isOfClasses ? PredictorByClass : Predictor;
        var policy = new PolicyOptions
        {
            Slo = new SloOptions { Ttft = TimeSpan.FromMilliseconds(60_000), Tpot = TimeSpan.FromMilliseconds(60) },
            AdaptivePd = new AdaptivePdOptions { IsEnabled = isAdaptivePd },
        };
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(predictor: predictor), predictor).Build("slo", policy),
            new FullModeOptions
            {
                Failover = new FailoverOptions { Domain = "node-unit" },
                LatencyPredictor = predictor,
                Calibration = new CalibrationOptions { Mode = correction },
            },
            TimeProvider.System,
            new Random(7));
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(Readings(instances, isDisaggregated, 1));
        return scheduler;
    }

    /// <summary>The same with corrected predictions: profiled steps have told that prefills take longer than the table says.</summary>
    internal static FullModeScheduler MakeCorrectedSlo(int instances, bool isDisaggregated, bool isAdaptivePd)
    {
        FullModeScheduler scheduler = MakeSlo(instances, isDisaggregated, isAdaptivePd, correction: LatencyCorrectionMode.On);
        for (int update = 2; update <= 100; update++)
        {
            scheduler.Synchronize([.. Readings(instances, isDisaggregated, 1).Select(reading => reading with
            {
                Status = reading.Status with { UpdateId = update, ProfilingId = update, ScheduledPrefillTokens = 1000, StepDurationMs = 60 },
            })]);
        }

        return scheduler.CaptureCalibration().Tables.Any(static table => table.Ratio > 1.1)
            ? scheduler
            : throw new InvalidOperationException("The benchmark's predictions are not corrected.");
    }

    /// <summary>A table as large as real ones: an H200 with Llama-3.1-8B FP8.</summary>
    private static LatencyProfile Profile(double factor)
    {
        double[] tokens = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
        double[] batches = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        double[] contexts = [8, 128, 512, 1024, 2048, 4096, 8192, 16384];
        return new LatencyProfile(
            new LatencyCurve(tokens, [.. tokens.Select(n => factor * (18.55 + (0.01411 * n) + (4.919e-7 * n * n)))]),
            new LatencyGrid(batches, contexts, [.. batches.SelectMany(b => contexts.Select(c => factor * (4.388 + (0.0385 * b) + (2.932e-5 * b * c))))]));
    }

    /// <summary>The same in lite mode: every instance holds a few requests of a gateway.</summary>
    internal static LiteModeScheduler MakeLite(int instances, bool isDisaggregated)
    {
        var load = new LoadCriterion("num_tokens", 1_000_000);
        var scheduler = new LiteModeScheduler(
            new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build(
                "load-balance", new PolicyOptions { Dispatch = new DispatchOptions { Neutral = load, Prefill = load, Decode = load } }),
            new LiteModeOptions(),
            TimeProvider.System,
            new Random(7));
        scheduler.Synchronize([.. Enumerable.Range(0, instances).Select(i => new DiscoveredInstance
        {
            Id = $"pod-{i:0000}_dp0",
            InferType = isDisaggregated ? i % 2 == 0 ? InferType.Prefill : InferType.Decode : InferType.Neutral,
            Host = IpOf(i),
            Port = 8000,
        })]);
        SchedulingMode mode = isDisaggregated ? SchedulingMode.PdBatch : SchedulingMode.Neutral;
        var random = new Random(1);
        for (int i = 0; i < 4 * instances; i++)
        {
            scheduler.Schedule(new PlacementRequest($"held-{i}", mode, default, random.Next(4000), GatewayId: "gateway"), out _);
        }

        return scheduler;
    }

    /// <summary>The fleet's readings at an update; later updates have other loads.</summary>
    internal static List<InstanceReading> Readings(int instances, bool isDisaggregated, int update)
    {
        var random = new Random(update);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return [.. Enumerable.Range(0, instances).Select(i => new InstanceReading(
            Metadata(i, isDisaggregated ? i % 2 == 0 ? InferType.Prefill : InferType.Decode : InferType.Neutral),
            Status(i, update, now, random)))];
    }

    internal static string IpOf(int index) => $"10.0.{index / 250}.{index % 250}";

    private static InstanceMetadata Metadata(int index, InferType type) => new()
    {
        InstanceId = $"instance-{index:0000}",
        InferType = type,
        Ip = IpOf(index),
        IpKvs = IpOf(index),
        ApiServerPort = 8000,
        NodeId = $"node-{index / 8}",
        UnitId = $"unit-{index / 16}",
        Labels = index % 2 == 0 ? "gpu=fast" : "gpu=slow",
        DataParallelSize = 16,
        UtcCreate = 1,
    };

    private static InstanceStatus Status(int index, int update, long now, Random random) => new()
    {
        InstanceId = $"instance-{index:0000}",
        Schedulable = true,
        TimestampMs = now + update,
        UpdateId = update,
        TotalGpuTokens = 945_029,
        UsedGpuTokens = random.Next(800_000),
        RunningRequestCount = random.Next(200),
        SchedulerRunningToDecodeRequests = random.Next(200),
        SchedulerRunningToDecodeTokens = random.Next(300_000),
        UncomputedTokensAllWaitingPrefills = random.Next(4) * 1000,
        UncomputedTokensSchedulerRunningPrefills = random.Next(2000),
    };
}
