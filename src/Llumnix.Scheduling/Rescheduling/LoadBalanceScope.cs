namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Among which instances migration pairs are formed.</summary>
public enum LoadBalanceScope
{
    /// <summary>All instances.</summary>
    Cluster,

    /// <summary>Instances of one unit.</summary>
    Unit,
}
