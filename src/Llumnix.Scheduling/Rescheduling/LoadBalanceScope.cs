namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The instances among which migration pairs are formed.</summary>
public enum LoadBalanceScope
{
    /// <summary>All instances of the infer type.</summary>
    Cluster,

    /// <summary>Instances of one unit.</summary>
    Unit,
}
