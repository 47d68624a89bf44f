using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Samples.Extension;

/// <summary>Idle instances first, then by load; keeps long prompts away from instances that run many requests where it can.</summary>
public sealed class LongPromptsApartPolicy : PolicyBuilder<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => "long-prompts-apart";

    /// <inheritdoc/>
    public override SchedulingPolicy<FullModeInstance> Build(MetricCatalogue<FullModeInstance> metrics, PolicyOptions options) => new(
        Name,
        Role(metrics, options.Dispatch.Neutral, options.Dispatch.TopK),
        Role(metrics, options.Dispatch.Prefill, options.Dispatch.TopK),
        Role(metrics, options.Dispatch.Decode, options.Dispatch.TopK));

    private static RolePolicy<FullModeInstance> Role(
        MetricCatalogue<FullModeInstance> metrics, LoadCriterion load, int topK) => new(
        RequiredFilters: [],
        PreferredFilters: [new LongPromptFilter(longPrompt: 8192, new RunningRequests(), limit: 8)],
        new ChoiceTable<FullModeInstance>(
            new IdleInstance(),
            new Otherwise<FullModeInstance>(new TopKSelector<FullModeInstance>([metrics.Get(load.Metric)], topK))));
}
