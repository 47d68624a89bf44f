using Llumnix.Adapters.Etcd;

namespace Llumnix.Adapters.Discovery;

/// <summary>How discovery in etcd is followed.</summary>
public sealed record EtcdDiscoveryOptions
{
    /// <summary>The cluster.</summary>
    public EtcdOptions Etcd { get; init; } = new();

    /// <summary>
    /// Lifetime of a sidecar's lease; above zero. At the start an entry without a lease that is older than this counts as a leftover, until it is
    /// written again or its key has existed for one more lifetime.
    /// </summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often everything is read again beside the watch, as a safety net; above zero.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often the watching member has to show that it has the quorum; above zero.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// For how long pods that the store has lost are kept after the first of them is back, so that their writers can write again; not negative.
    /// </summary>
    public TimeSpan RebuildWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Largest number of instances; further ones are skipped.</summary>
    public int MaxInstances { get; init; } = 16_384;
}
