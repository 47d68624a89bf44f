namespace Llumnix.Scheduling.Health;

/// <summary>
/// The instances that are taken out of service together with a failed one: <c>--failover-domain</c>. An instance has failed when it is stale and was
/// neither drained before nor replaced at its address.
/// </summary>
public enum FailoverDomain : byte
{
    /// <summary>Only the instance itself.</summary>
    Instance,

    /// <summary>All instances on its node.</summary>
    Node,

    /// <summary>All instances of its unit.</summary>
    InstanceUnit,

    /// <summary>All instances of every unit that has an instance on its node.</summary>
    NodeUnit,
}
