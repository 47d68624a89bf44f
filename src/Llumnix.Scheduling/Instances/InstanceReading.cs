namespace Llumnix.Scheduling.Instances;

/// <summary>One instance as a source of the cluster's state has just read it: both parts are there, or there is no reading.</summary>
/// <param name="Metadata">The newest usable metadata.</param>
/// <param name="Status">The newest usable status.</param>
public readonly record struct InstanceReading(InstanceMetadata Metadata, InstanceStatus Status);
