using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the lite-mode scheduler that validated options describe.</summary>
internal static class LiteModeFactory
{
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="replica">The scheduler among its replicas; null for none.</param>
    internal static LiteModeScheduler Make(SchedulerOptions options, TimeProvider time, ReplicaKey? replica = null) => new(
        new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build(options.Mode.Policy, options.Policies),
        options.LiteMode with { Replica = replica, DecisionHistory = options.Console.RecordedDecisions },
        time,
        Seeds.MakeRandom(options.Service.Seed));
}
