namespace Llumnix.Scheduling.Health;

/// <summary>What is taken out of service together with a bad (unschedulable or stale) instance: <c>--failover-domain</c>.</summary>
public enum FailureDomain : byte
{
    /// <summary>Only the bad instance.</summary>
    Instance,

    /// <summary>All instances on its node.</summary>
    Node,

    /// <summary>All instances of its unit.</summary>
    InstanceUnit,

    /// <summary>All instances of every unit that has an instance on its node.</summary>
    NodeUnit,
}
