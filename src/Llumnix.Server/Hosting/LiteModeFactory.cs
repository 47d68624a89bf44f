using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the lite-mode scheduler that validated options describe.</summary>
internal static class LiteModeFactory
{
    internal static LiteModeScheduler Make(SchedulerOptions options, TimeProvider time) => new(
        new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build(options.Mode.Policy, options.Policies),
        options.LiteMode,
        time,
        Seeds.MakeRandom(options.Service.Seed));
}
