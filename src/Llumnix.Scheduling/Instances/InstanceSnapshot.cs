namespace Llumnix.Scheduling.Instances;

/// <summary>One instance at one moment, for telemetry.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Status">Its newest status.</param>
/// <param name="Dispatched">The load in flight to it.</param>
/// <param name="Load">Its load.</param>
/// <param name="Health">Whether it may get requests.</param>
/// <param name="IsUnreachable">Whether nothing answers at its address, even if it is not out for that.</param>
/// <param name="StatusAge">Time since its status last changed.</param>
/// <param name="LatencyClass">The class of profiling tables that predicts its latencies; null where none are predicted.</param>
public sealed record InstanceSnapshot(
    InstanceMetadata Metadata,
    InstanceStatus Status,
    DispatchedLoad Dispatched,
    InstanceLoad Load,
    InstanceHealth Health,
    bool IsUnreachable,
    TimeSpan StatusAge,
    string? LatencyClass)
{
    /// <summary>The health as people are told it: an instance whose status has stopped since nothing answers at its address is unreachable, rather than stale.</summary>
    public InstanceHealth ToldHealth => Health == InstanceHealth.Stale && IsUnreachable ? InstanceHealth.Unreachable : Health;
}
