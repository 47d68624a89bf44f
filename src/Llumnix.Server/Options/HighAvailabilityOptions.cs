using Llumnix.Scheduling.Replication;

namespace Llumnix.Server.Options;

/// <summary>Several schedulers for one fleet: how they agree on the one that decides.</summary>
public sealed record HighAvailabilityOptions
{
    /// <summary>What the replicas do. It changes nothing: a combination that means something else is refused.</summary>
    public ReplicaMode Mode { get; init; }

    /// <summary>Where the leases are kept.</summary>
    public LeaseStoreKind Lease { get; init; }

    /// <summary>Name of the scheduler's lease, the same for all replicas: lower-case letters, digits and hyphens. The rescheduler's has <c>-rescheduler</c> after it.</summary>
    public string LeaseName { get; init; } = "llumnix-scheduler";

    /// <summary>Time to live of a lease, 2 s or above: a leader that dies is followed by another one after about this time.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Where the other replicas reach this one: <c>host:port</c>.</summary>
    public string AdvertiseAddress { get; init; } = "";

    /// <summary>Whether there are leases.</summary>
    public bool IsEnabled => Lease != LeaseStoreKind.None;

    /// <summary>A share for a replica among others that decide, too; null where it is alone or one leads.</summary>
    internal ReplicaShare? ShareOf(ReplicaKey? replica) => replica is null || IsEnabled ? null : new ReplicaShare();
}
