using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Adapters.Leases;
using Llumnix.Server.Extensions;
using Llumnix.Server.Leadership;
using Llumnix.Server.Options;

namespace Llumnix.Server.Rescheduling;

/// <summary>Makes the parts of the rescheduler that validated options describe.</summary>
internal static class ReschedulerFactory
{
    internal static ReschedulingPlanner MakePlanner(SchedulerOptions options, LatencyPredictor? predictor) => ReschedulingPolicies.Planner(
        options.Rescheduling.Planner,
        FullModeMetrics.Catalogue(options.PrefillProgress.IsEnabled, predictor, ExtensionAssemblies.Load(options.Extensions.Assemblies).FullMode.Metrics),
        predictor is null ? null : AdaptivePdTargets.Of(options.Slo, options.AdaptivePd, predictor));

    /// <summary>Makes the rescheduler's own lease.</summary>
    internal static ReschedulerLease MakeLease(SchedulerOptions options, TimeProvider time, ILoggerFactory logging)
    {
        ILeaseStore store = Leases.MakeStore(options, time);
        var holder = new LeaseHolder(store, Leases.ReschedulerLease(options), Leases.MakeCandidate(options), time, logging.CreateLogger<LeaseHolder>());
        return new ReschedulerLease(store, holder, Leases.CycleBound(options), options.Llumlets.Timeout, time);
    }

    /// <summary>How llumlets are called. One that keeps failing is left alone for two cycles at first.</summary>
    internal static LlumletOptions LlumletsOf(SchedulerOptions options) => options.Llumlets with { BackOff = 2 * options.Rescheduling.Interval };
}
