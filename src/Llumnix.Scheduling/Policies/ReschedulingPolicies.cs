using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.Policies;

/// <summary>The rescheduling policies by name, as in configuration and in calls to llumlets.</summary>
public static class ReschedulingPolicies
{
    private delegate ReschedulingPolicy Builder(string name, ReschedulingSettings settings, MetricCatalogue<FullModeInstance> metrics);

    private static readonly (string Name, Builder Build)[] Builders =
    [
        ("decode_load", static (name, settings, metrics) => new LoadBalancePolicy(
            name, InferType.Decode, metrics.Get(settings.DecodeLoadMetric), settings.DecodeLoadThreshold, settings.LoadBalance)),
        ("neutral_load", static (name, settings, metrics) => new LoadBalancePolicy(
            name, InferType.Neutral, metrics.Get(settings.NeutralLoadMetric), settings.NeutralLoadThreshold, settings.LoadBalance)),
        ("prefill_failover", static (name, _, _) => new FailoverPolicy(name, InferType.Prefill)),
        ("decode_failover", static (name, _, _) => new FailoverPolicy(name, InferType.Decode)),
        ("neutral_failover", static (name, _, _) => new FailoverPolicy(name, InferType.Neutral)),
        ("binpacking_mitigation", static (name, settings, _) => new BinPackingMitigation(name, BinPackingOf(settings))),
        ("binpacking_consolidation", static (name, settings, _) => new BinPackingConsolidation(name, BinPackingOf(settings))),
    ];

    /// <summary>The known names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Builders.Select(static builder => builder.Name)];

    /// <summary>Makes the planner that settings describe.</summary>
    /// <param name="settings">The settings. A policy that is named twice plans once.</param>
    /// <param name="metrics">The metrics that they may name.</param>
    /// <exception cref="ArgumentException">A policy or metric is unknown, or bin packing lacks profiling tables.</exception>
    public static ReschedulingPlanner Planner(ReschedulingSettings settings, MetricCatalogue<FullModeInstance> metrics) =>
        new(settings.Policies.Distinct().Select(name => Make(name, settings, metrics)));

    private static ReschedulingPolicy Make(string name, ReschedulingSettings settings, MetricCatalogue<FullModeInstance> metrics)
    {
        Builder? build = Array.Find(Builders, builder => builder.Name == name).Build;
        return build is not null
            ? build(name, settings, metrics)
            : throw new ArgumentException($"unknown rescheduling policy '{name}'; known: {string.Join(", ", Names)}", nameof(name));
    }

    private static BinPackingSettings BinPackingOf(ReschedulingSettings settings) =>
        settings.BinPacking ?? throw new ArgumentException("The binpacking policies need profiling tables.", nameof(settings));
}
