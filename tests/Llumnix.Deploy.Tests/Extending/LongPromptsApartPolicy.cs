using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Deploy.Tests.Extending;

/// <summary>Idle instances first, then by load; keeps long prompts away from instances that run many requests where it can.</summary>
public static class LongPromptsApartPolicy
{
    /// <summary>The name in configuration.</summary>
    public const string Name = "long-prompts-apart";

    /// <summary>Builds the policy.</summary>
    public static SchedulingPolicy<FullModeInstance> Build(MetricCatalogue<FullModeInstance> metrics, PolicySettings settings) => new(
        Name,
        Role(metrics, settings.Neutral, settings),
        Role(metrics, settings.Prefill, settings),
        Role(metrics, settings.Decode, settings));

    private static RolePolicy<FullModeInstance> Role(
        MetricCatalogue<FullModeInstance> metrics, RoleDispatch role, PolicySettings settings) => new(
        RequiredFilters: [],
        PreferredFilters: [new LongPromptFilter(longPrompt: 8192, new RunningRequests(), limit: 8)],
        new ChoiceTable<FullModeInstance>(
            new IdleInstance(),
            new Otherwise<FullModeInstance>(new TopKSelector<FullModeInstance>([metrics.Get(role.LoadMetric)], settings.TopK))));
}
