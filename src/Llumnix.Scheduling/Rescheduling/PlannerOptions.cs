using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>What migrations are planned by. The defaults are those of the configuration guide.</summary>
public sealed record PlannerOptions
{
    /// <summary>
    /// Names of the policies, in the order in which they plan: <c>--rescheduling-policies</c>. Adaptive PD adds the two bin-packing ones.
    /// </summary>
    public IReadOnlyList<string> Policies { get; init; } = ["decode_load", "prefill_failover", "decode_failover", "neutral_failover"];

    /// <summary>Load metric of prefill instances: <c>--rescheduling-prefill-load-metric</c>. No built-in policy balances them.</summary>
    public string PrefillLoadMetric { get; init; } = "kv_cache_usage_ratio_projected";

    /// <summary>
    /// Load of decode instances, sources at or above the threshold and destinations below: <c>--rescheduling-decode-load-{metric,threshold}</c>.
    /// </summary>
    public LoadCriterion Decode { get; init; } = new("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>
    /// Load of neutral instances, sources at or above the threshold and destinations below: <c>--rescheduling-neutral-load-{metric,threshold}</c>.
    /// </summary>
    public LoadCriterion Neutral { get; init; } = new("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>What the load balancing policies have in common.</summary>
    public LoadBalanceOptions LoadBalance { get; init; } = new();
}
