using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Options;

/// <summary>The rescheduler: where it runs, how often, and what it balances.</summary>
public sealed record ReschedulingOptions
{
    // Null: not set.
    private readonly bool? _isEnabled;

    /// <summary>Whether running requests are migrated. Giving a mode turns it on unless it is set itself.</summary>
    public bool IsEnabled
    {
        get => _isEnabled ?? false;
        init => _isEnabled = value;
    }

    /// <summary>Whether it runs inside the scheduler and shares its view.</summary>
    public bool IsColocated { get; init; }

    /// <summary>Whether it is the process's only work.</summary>
    public bool IsStandalone { get; init; }

    /// <summary>Names of the rescheduling policies, in the order in which they plan. Adaptive PD adds the two bin-packing ones.</summary>
    public IReadOnlyList<string> Policies { get; init; } = ["decode_load", "prefill_failover", "decode_failover", "neutral_failover"];

    /// <summary>Time between two planning cycles.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Load metric of prefill instances.</summary>
    public string PrefillLoadMetric { get; init; } = "kv_cache_usage_ratio_projected";

    /// <summary>Load of decode instances: sources at or above the threshold, destinations below.</summary>
    public LoadCriterion Decode { get; init; } = new("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>Load of neutral instances: sources at or above the threshold, destinations below.</summary>
    public LoadCriterion Neutral { get; init; } = new("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>Smallest difference of load between source and destination that is worth a migration, in the metric's unit.</summary>
    public double LoadBalanceThreshold { get; init; }

    /// <summary>Among which instances pairs are formed.</summary>
    public LoadBalanceScope Scope { get; init; } = LoadBalanceScope.Cluster;

    /// <summary>The options with another default of <see cref="IsEnabled"/>; it stays when it was set.</summary>
    internal ReschedulingOptions WithDefaultSwitch(bool isEnabled) => this with { IsEnabled = _isEnabled ?? isEnabled };
}
