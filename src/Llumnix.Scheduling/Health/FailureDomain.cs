namespace Llumnix.Scheduling.Health;

/// <summary>
/// What is taken out of service together with an instance that has failed, which is one that went stale and was neither drained before nor
/// replaced at its address: <c>--failover-domain</c>.
/// </summary>
public enum FailureDomain : byte
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
