using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Options;

namespace Llumnix.Server.Rescheduling;

/// <summary>Makes the parts of the rescheduler that validated options describe.</summary>
internal static class ReschedulerFactory
{
    internal static ReschedulingPlanner MakePlanner(SchedulerOptions options, LatencyPredictor? predictor)
    {
        ReschedulingOptions rescheduling = options.Rescheduling;
        double tpot = options.Slo.Tpot.TotalMilliseconds;
        var settings = new ReschedulingSettings
        {
            Policies = rescheduling.Policies,
            DecodeLoadMetric = rescheduling.Decode.Metric,
            DecodeLoadThreshold = rescheduling.Decode.Threshold,
            NeutralLoadMetric = rescheduling.Neutral.Metric,
            NeutralLoadThreshold = rescheduling.Neutral.Threshold,
            LoadBalance = new LoadBalanceSettings
            {
                Scope = rescheduling.Scope,
                SmallestDifference = rescheduling.LoadBalanceThreshold,
                Selection = new RequestSelection(options.Migration.Rule, options.Migration.Order, options.Migration.Value),
            },
            BinPacking = predictor is null ? null : new BinPackingSettings(predictor)
            {
                CeilMs = tpot * options.AdaptivePd.MigrateOutCeilThreshold,
                FloorMs = tpot * options.AdaptivePd.MigrateOutFloorThreshold,
                DestinationMs = tpot * options.Slo.TpotDispatchThreshold,
                ExpectedOutputTokens = options.Slo.ExpectedOutputTokens,
                Rules = options.AdaptivePd.Rules,
            },
        };
        return ReschedulingPolicies.Planner(settings, FullModeMetrics.Catalogue(options.Predictor.IsEnabled, predictor));
    }

    /// <summary>How llumlets are called. One that keeps failing is left alone for two cycles at first.</summary>
    internal static LlumletOptions LlumletsOf(SchedulerOptions options) => options.Llumlets with { BackOff = 2 * options.Rescheduling.Interval };
}
