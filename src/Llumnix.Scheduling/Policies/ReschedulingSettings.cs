using Llumnix.Scheduling.AdaptivePd.BinPacking;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.Policies;

/// <summary>The settings of the planner. The defaults are those of the configuration guide.</summary>
public sealed record ReschedulingSettings
{
    /// <summary>Names of the policies, in the order in which they plan.</summary>
    public IReadOnlyList<string> Policies { get; init; } = ["decode_load", "prefill_failover", "decode_failover", "neutral_failover"];

    /// <summary>Load metric of decode instances: <c>--rescheduling-decode-load-metric</c>.</summary>
    public string DecodeLoadMetric { get; init; } = "kv_cache_usage_ratio_projected";

    /// <summary>Load from which on a decode instance is a source: <c>--rescheduling-decode-load-threshold</c>.</summary>
    public double DecodeLoadThreshold { get; init; } = 1.0;

    /// <summary>Load metric of neutral instances: <c>--rescheduling-neutral-load-metric</c>.</summary>
    public string NeutralLoadMetric { get; init; } = "kv_cache_usage_ratio_projected";

    /// <summary>Load from which on a neutral instance is a source: <c>--rescheduling-neutral-load-threshold</c>.</summary>
    public double NeutralLoadThreshold { get; init; } = 1.0;

    /// <summary>Settings that the load balancing policies share.</summary>
    public LoadBalanceSettings LoadBalance { get; init; } = new();

    /// <summary>Settings of the bin packing policies; null where there are no profiling tables.</summary>
    public BinPackingSettings? BinPacking { get; init; }
}
