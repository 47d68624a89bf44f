using Llumnix.Scheduling;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Extensions;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the full-mode scheduler that validated options describe.</summary>
internal static class FullModeFactory
{
    /// <summary>How much longer than the limit of deferral the first moment of a deferred request is remembered.</summary>
    private static readonly TimeSpan DeferredRequestMargin = TimeSpan.FromMinutes(1);

    /// <param name="options">The options.</param>
    /// <param name="predictor">Predicts latencies; null where the options name no profiling tables.</param>
    /// <param name="time">The clock.</param>
    /// <param name="replica">The scheduler among its replicas; null for none.</param>
    /// <exception cref="ExtensionException">An extension cannot be used.</exception>
    internal static FullModeScheduler Make(
        SchedulerOptions options, LatencyPredictor? predictor, TimeProvider time, ReplicaKey? replica = null)
    {
        bool isDeferring = options.Mode.Policy == "slo" && options.Slo.Overload == SloOverload.Hold;
        bool isReading = options.Mode.IsOverEngineMetrics;
        var fullMode = new FullModeOptions
        {
            Failover = isReading ? options.Failover with { InstanceStaleness = options.Engines.Staleness } : options.Failover,
            Ledger = options.Ledger with { IsReconciled = isReading },
            AreStaleInstancesLastResort = isReading,
            ReadingInterval = isReading ? options.Engines.Scraper.Interval : null,
            CacheAware = options.CacheAware,
            Replica = replica,
            DecisionHistory = options.Console.RecordedDecisions,
            PrefillProgress = options.PrefillProgress,
            LatencyPredictor = predictor,
            Calibration = CalibrationOf(options),
            DeferredRequestLifetime = isDeferring ? options.Slo.HoldLimit + DeferredRequestMargin : null,
        };
        ExtensionSet<FullModeInstance> extensions = ExtensionAssemblies.Load(options.Extensions.Assemblies).FullMode;
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue(options.PrefillProgress.IsEnabled, predictor, extensions.Metrics);
        return new FullModeScheduler(
            ExtensionPolicies.Build(new FullModePolicies(metrics, predictor, extensions.Policies), extensions, options, options.HighAvailability.ShareOf(replica)),
            fullMode,
            time,
            Seeds.MakeRandom(options.Service.Seed));
    }

    private static CalibrationOptions CalibrationOf(SchedulerOptions options) => new()
    {
        Mode = options.Profiles.Correction,
        Confidence = options.Mode.Policy == "slo" ? options.Slo.Confidence : null,
        TtftTargetMs = options.Slo.Ttft.TotalMilliseconds,
        TpotTargetMs = options.Slo.Tpot.TotalMilliseconds,
        InitialTtftShare = options.Slo.TtftDispatchThreshold,
        
        // Adaptive PD leaves room for growth by itself.
        InitialTpotShare = options.AdaptivePd.IsEnabled ? 1 : options.Slo.TpotDispatchThreshold,
    };
}
