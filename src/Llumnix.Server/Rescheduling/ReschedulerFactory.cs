using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Options;

namespace Llumnix.Server.Rescheduling;

/// <summary>Makes the parts of the rescheduler that validated options describe.</summary>
internal static class ReschedulerFactory
{
    internal static ReschedulingPlanner MakePlanner(SchedulerOptions options, LatencyPredictor? predictor) => ReschedulingPolicies.Planner(
        options.Rescheduling.Planner,
        FullModeMetrics.Catalogue(options.PrefillProgress.IsEnabled, predictor),
        predictor is null ? null : AdaptivePdTargets.Of(options.Slo, options.AdaptivePd, predictor));

    /// <summary>How llumlets are called. One that keeps failing is left alone for two cycles at first.</summary>
    internal static LlumletOptions LlumletsOf(SchedulerOptions options) => options.Llumlets with { BackOff = 2 * options.Rescheduling.Interval };
}
