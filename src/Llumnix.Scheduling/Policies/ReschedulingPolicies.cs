using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.Policies;

/// <summary>The rescheduling policies by name, as in configuration and in calls to llumlets.</summary>
public static class ReschedulingPolicies
{
    private delegate ReschedulingPolicy Builder(
        string name, PlannerOptions options, MetricCatalogue<FullModeInstance> metrics, AdaptivePdTargets? targets);

    private static readonly (string Name, Builder Build)[] Builders =
    [
        ("decode_load", static (name, options, metrics, _) => new LoadBalancePolicy(
            name, InferType.Decode, metrics.Get(options.Decode.Metric), options.Decode.Threshold, options.LoadBalance)),
        ("neutral_load", static (name, options, metrics, _) => new LoadBalancePolicy(
            name, InferType.Neutral, metrics.Get(options.Neutral.Metric), options.Neutral.Threshold, options.LoadBalance)),
        ("prefill_failover", static (name, _, _, _) => new FailoverPolicy(name, InferType.Prefill)),
        ("decode_failover", static (name, _, _, _) => new FailoverPolicy(name, InferType.Decode)),
        ("neutral_failover", static (name, _, _, _) => new FailoverPolicy(name, InferType.Neutral)),
        ("binpacking_mitigation", static (name, _, _, targets) => new BinPackingMitigation(name, Needed(targets))),
        ("binpacking_consolidation", static (name, _, _, targets) => new BinPackingConsolidation(name, Needed(targets))),
    ];

    /// <summary>The known names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Select(static builder => builder.Name)];

    /// <summary>Makes the planner that options describe. Draining instances are emptied first, whatever policies they name.</summary>
    /// <param name="options">The options. A policy that is named twice plans once.</param>
    /// <param name="metrics">The metrics that they may name.</param>
    /// <param name="targets">What the bin packing policies go by; null where there are no profiling tables.</param>
    /// <exception cref="ArgumentException">A policy or metric is unknown, or bin packing lacks profiling tables.</exception>
    public static ReschedulingPlanner Planner(
        PlannerOptions options, MetricCatalogue<FullModeInstance> metrics, AdaptivePdTargets? targets = null) =>
        new([new DrainPolicy(), .. options.Policies.Distinct().Select(name => Make(name, options, metrics, targets))]);

    private static ReschedulingPolicy Make(
        string name, PlannerOptions options, MetricCatalogue<FullModeInstance> metrics, AdaptivePdTargets? targets)
    {
        Builder? build = Array.Find(Builders, builder => builder.Name == name).Build;
        return build is not null
            ? build(name, options, metrics, targets)
            : throw new ArgumentException($"unknown rescheduling policy '{name}'; known: {string.Join(", ", Names)}", nameof(name));
    }

    private static AdaptivePdTargets Needed(AdaptivePdTargets? targets) =>
        targets ?? throw new ArgumentException("The binpacking policies need profiling tables.", nameof(targets));
}
