namespace Llumnix.Server.Options;

/// <summary>Where leases are kept.</summary>
public enum LeaseStoreKind
{
    /// <summary>Nowhere: the scheduler is the only one.</summary>
    None,

    /// <summary>In the CMS Redis; in lite mode and over the engines' own metrics, in the discovery Redis.</summary>
    Redis,

    /// <summary>In the etcd of discovery.</summary>
    Etcd,

    /// <summary>In Lease objects of Kubernetes.</summary>
    Kubernetes,
}
