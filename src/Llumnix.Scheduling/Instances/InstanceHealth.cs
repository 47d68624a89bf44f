namespace Llumnix.Scheduling.Instances;

/// <summary>Whether an instance may get requests, or the reason why not.</summary>
public enum InstanceHealth : byte
{
    /// <summary>Healthy: it may get requests.</summary>
    Ok,

    /// <summary>It takes no requests, by its own status.</summary>
    Unschedulable,

    /// <summary>
    /// Its status has not changed for longer than the staleness limit, or not since a newer instance took its address.
    /// </summary>
    Stale,

    /// <summary>It is well itself but in the failover domain of an instance that has failed.</summary>
    Failover,

    /// <summary>It is to be taken away and gets no new requests, whatever its status says.</summary>
    Draining,

    /// <summary>Nothing answers at its address: the reading of its metrics has found that, or its status has stopped for a short time and a probe has found it.</summary>
    Unreachable,
}
