namespace Llumnix.Scheduling.Instances;

/// <summary>One instance as just read by a source of the cluster's state. There is a reading only when both parts are usable.</summary>
/// <param name="Metadata">The newest usable metadata.</param>
/// <param name="Status">The newest usable status.</param>
public readonly record struct InstanceReading(InstanceMetadata Metadata, InstanceStatus Status);
