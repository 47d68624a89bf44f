namespace Llumnix.Server.Fleet;

/// <summary>What can happen to an instance between two looks at the fleet.</summary>
internal enum FleetChange : byte
{
    /// <summary>It is new.</summary>
    Joined,

    /// <summary>It is in the fleet no more.</summary>
    Left,

    /// <summary>It may get requests again.</summary>
    Back,

    /// <summary>It takes no requests, by its own status.</summary>
    Unschedulable,

    /// <summary>Its status has not changed for longer than the staleness limit.</summary>
    Stale,

    /// <summary>The same, but no other instance is better.</summary>
    StaleKept,

    /// <summary>An instance of its failover domain has failed.</summary>
    Failover,

    /// <summary>Nothing answers at its address, and it is out.</summary>
    Unreachable,

    /// <summary>Nothing answers at its address, but no more may be out, or no other instance is better.</summary>
    UnreachableKept,
}
