using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Extensions;
using Llumnix.Server.Options;
using Llumnix.Server.Rescheduling;

namespace Llumnix.Server.Hosting;

/// <summary>
/// The full-mode scheduler and its rescheduling planner as options describe them, without sources and HTTP. For programs that feed the scheduler
/// themselves, such as simulations.
/// </summary>
/// <param name="Scheduler">The scheduler; give it readings with <see cref="FullModeScheduler.Synchronize"/>.</param>
/// <param name="Planner">Plans migrations; null where rescheduling is off.</param>
/// <param name="CacheAware">How prefix hits are found.</param>
public sealed record SchedulerCore(FullModeScheduler Scheduler, ReschedulingPlanner? Planner, CacheAwareOptions CacheAware)
{
    /// <summary>Makes the scheduler and the planner.</summary>
    /// <param name="options">Options without errors, of full mode.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Receives warnings about profiling tables.</param>
    /// <param name="replica">The scheduler among its replicas; null for none.</param>
    /// <exception cref="ProfilingTableException">A profiling table cannot be used.</exception>
    /// <exception cref="ExtensionException">An extension cannot be used.</exception>
    public static SchedulerCore Make(SchedulerOptions options, TimeProvider time, ILogger logger, ReplicaKey? replica = null)
    {
        options = options.Effective();
        LatencyPredictor? predictor = ProfileLoader.Load(options.Profiles, logger);
        return new SchedulerCore(
            FullModeFactory.Make(options, predictor, time, replica),
            options.Rescheduling.IsEnabled ? ReschedulerFactory.MakePlanner(options, predictor) : null,
            options.CacheAware);
    }

    /// <summary>Makes the scheduler of lite mode.</summary>
    /// <param name="options">Options without errors, of lite mode.</param>
    /// <param name="time">The clock.</param>
    /// <param name="replica">The scheduler among its replicas; null for none.</param>
    /// <exception cref="ExtensionException">An extension cannot be used.</exception>
    public static LiteModeScheduler MakeLite(SchedulerOptions options, TimeProvider time, ReplicaKey? replica = null) =>
        LiteModeFactory.Make(options.Effective(), time, replica);
}
