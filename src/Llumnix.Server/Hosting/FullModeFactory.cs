using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the full-mode scheduler that validated options describe.</summary>
internal static class FullModeFactory
{
    /// <param name="options">The options.</param>
    /// <param name="predictor">Predicts latencies; null where the options name no profiling tables.</param>
    /// <param name="time">The clock.</param>
    internal static FullModeScheduler Make(SchedulerOptions options, LatencyPredictor? predictor, TimeProvider time)
    {
        var settings = new FullModeSettings
        {
            FailureDomain = FailureDomainNames.TryParse(options.Failover.Domain, out FailureDomain domain)
                ? domain
                : throw new ArgumentException($"unknown failure domain '{options.Failover.Domain}'", nameof(options)),
            StalenessLimit = options.Failover.InstanceStaleness,
            IsLedgerEnabled = options.Dispatch.IsLedgerEnabled,
            LedgerEntryLifetime = options.Dispatch.LedgerEntryLifetime,
            IsCacheAware = options.CacheAware.IsEnabled,
            MaxBatchedTokens = options.Predictor.MaxBatchedTokens,
            PredictorWarmupSamples = options.Predictor.IsEnabled ? options.Predictor.WarmupSamples : null,
            LatencyPredictor = predictor,
            DeferredRequestLifetime = options.Slo.Overload == SloOverload.Hold && options.Policy.Name == "slo" ? options.Slo.HoldLimit + TimeSpan.FromMinutes(1) : null,
        };
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue(options.Predictor.IsEnabled, predictor);
        PolicySettings policy = PolicyFactory.SettingsOf(options.Dispatch, options.CacheAware) with
        {
            Slo = predictor is null ? null : SloOf(options, predictor),
        };
        return new FullModeScheduler(
            new FullModePolicies(metrics).Build(options.Policy.Name, policy), settings, time, PolicyFactory.MakeRandom(options.Service.Seed));
    }

    internal static SloSettings SloOf(SchedulerOptions options, LatencyPredictor predictor) => new(predictor)
    {
        TtftLimitMs = options.Slo.Ttft.TotalMilliseconds * options.Slo.TtftDispatchThreshold,
        TpotLimitMs = options.Slo.Tpot.TotalMilliseconds * options.Slo.TpotDispatchThreshold,
        TpotCeilMs = options.Slo.Tpot.TotalMilliseconds * options.AdaptivePd.MigrateOutCeilThreshold,
        Overload = options.Slo.Overload,
        HoldLimitMs = options.Slo.HoldLimit.TotalMilliseconds,
        ExpectedOutputTokens = options.Slo.ExpectedOutputTokens,
        IsAdaptivePd = options.AdaptivePd.IsEnabled,
        Rules = options.AdaptivePd.Rules,
    };
}
