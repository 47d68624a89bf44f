namespace Llumnix.Adapters.Leases;

/// <summary>What a candidate for a lease is.</summary>
public enum LeaseRole
{
    /// <summary>Another one holds the lease, or nobody.</summary>
    Follower,

    /// <summary>It holds the lease.</summary>
    Leader,

    /// <summary>It held the lease when the store fell silent for everybody, and goes on.</summary>
    Frozen,
}
