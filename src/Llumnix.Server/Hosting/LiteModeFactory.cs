using Llumnix.Scheduling;
using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Extensions;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the lite-mode scheduler that validated options describe.</summary>
internal static class LiteModeFactory
{
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="replica">The scheduler among its replicas; null for none.</param>
    /// <exception cref="ExtensionException">An extension cannot be used.</exception>
    internal static LiteModeScheduler Make(SchedulerOptions options, TimeProvider time, ReplicaKey? replica = null)
    {
        ExtensionSet<LiteModeInstance> extensions = ExtensionAssemblies.Load(options.Extensions.Assemblies).LiteMode;
        var metrics = new MetricCatalogue<LiteModeInstance>([.. LiteModeMetrics.All, .. extensions.Metrics]);
        return new LiteModeScheduler(
            ExtensionPolicies.Build(new LiteModePolicies(metrics, extensions.Policies), extensions, options, options.HighAvailability.ShareOf(replica)),
            options.LiteMode with { Replica = replica, DecisionHistory = options.Console.RecordedDecisions },
            time,
            Seeds.MakeRandom(options.Service.Seed));
    }
}
