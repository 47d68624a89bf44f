using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>A planned migration.</summary>
/// <param name="Policy">Name of the rescheduling policy that planned it.</param>
/// <param name="Source">The instance that requests leave.</param>
/// <param name="Destination">The instance that they go to.</param>
/// <param name="Selection">The requests to move.</param>
public sealed record MigrationPair(string Policy, InstanceMetadata Source, InstanceMetadata Destination, RequestSelection Selection);
