using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.Policies;

/// <summary>The groups of options that the built-in policies are made from. The defaults are those of the configuration guide for full mode.</summary>
public sealed record PolicyOptions
{
    /// <summary>Load metrics and thresholds.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Where several replicas decide: the instances that load-balance places on first; for one scheduler only. Null for none.</summary>
    public ReplicaShare? Share { get; init; }

    /// <summary>Whether and how prefix hits go before the load.</summary>
    public CacheAwareOptions CacheAware { get; init; } = new();

    /// <summary>Latency targets, for the <c>slo</c> policy.</summary>
    public SloOptions Slo { get; init; } = new();

    /// <summary>Whether and how the <c>slo</c> policy gives both roles to every instance.</summary>
    public AdaptivePdOptions AdaptivePd { get; init; } = new();
}
