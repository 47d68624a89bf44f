using Llumnix.Scheduling.Policies;

namespace Llumnix.Server.Options.Validation;

/// <summary>The options whose values are names from a catalogue.</summary>
internal static class NameRules
{
    public static IReadOnlyList<NameRule> All { get; } =
    [
        new("scheduling-policy", "policy", o => [o.Mode.Policy], (o, k) => o.Mode.IsFull ? k.FullModePolicies : k.LiteModePolicies),
        new("dispatch-neutral-load-metric", "metric", o => [o.Dispatch.Neutral.Metric], MetricsOfMode),
        new("dispatch-prefill-load-metric", "metric", o => [o.Dispatch.Prefill.Metric], MetricsOfMode),
        new("dispatch-decode-load-metric", "metric", o => [o.Dispatch.Decode.Metric], MetricsOfMode),
        new("dispatch-prefill-cache-locality-metric", "metric", o => [o.CacheAware.LocalityMetric], FullModeMetrics),
        new("rescheduling-prefill-load-metric", "metric", o => [o.Rescheduling.Planner.PrefillLoadMetric], FullModeMetrics),
        new("rescheduling-decode-load-metric", "metric", o => [o.Rescheduling.Planner.Decode.Metric], FullModeMetrics),
        new("rescheduling-neutral-load-metric", "metric", o => [o.Rescheduling.Planner.Neutral.Metric], FullModeMetrics),
        new("rescheduling-policies", "rescheduling policy", o => o.Rescheduling.Planner.Policies, (_, k) => k.ReschedulingPolicies),
        new("failover-domain", "failover domain", o => [o.Failover.Domain], (_, k) => k.FailoverDomains),
    ];

    private static IReadOnlyCollection<string> MetricsOfMode(SchedulerOptions options, KnownNames known) =>
        options.Mode.IsFull ? known.FullModeMetrics : known.LiteModeMetrics;

    private static IReadOnlyCollection<string> FullModeMetrics(SchedulerOptions options, KnownNames known) => known.FullModeMetrics;
}
