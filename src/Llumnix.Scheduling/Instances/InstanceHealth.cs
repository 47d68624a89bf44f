namespace Llumnix.Scheduling.Instances;

/// <summary>Whether an instance may get requests, and if not, why.</summary>
public enum InstanceHealth : byte
{
    /// <summary>It may.</summary>
    Ok,

    /// <summary>Its status says that it takes none.</summary>
    Unschedulable,

    /// <summary>
    /// Its status has not advanced for longer than the staleness limit, or since another instance came to its address.
    /// </summary>
    Stale,

    /// <summary>It is well itself but stands in the failover domain of an instance that has failed.</summary>
    Failover,
}
