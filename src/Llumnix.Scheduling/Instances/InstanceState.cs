namespace Llumnix.Scheduling.Instances;

/// <summary>The health of one instance at one moment.</summary>
/// <param name="Address">Who it is and where it listens.</param>
/// <param name="Health">Whether it may get requests, and if not, why; in lite mode always <see cref="InstanceHealth.Ok"/>.</param>
/// <param name="IsUnreachable">Whether nothing answers at its address, even if it is not out for that.</param>
public readonly record struct InstanceState(InstanceAddress Address, InstanceHealth Health, bool IsUnreachable)
{
    /// <summary>Whether it may get requests although it is stale, since no instance of its infer type is healthy.</summary>
    public bool IsLastResort { get; init; }
}
