namespace Llumnix.Scheduling.Instances;

/// <summary>One instance of lite mode at one moment, for telemetry.</summary>
/// <param name="Description">What discovery says of it.</param>
/// <param name="Tracked">The request states that it holds.</param>
public sealed record LiteModeInstanceSnapshot(DiscoveredInstance Description, TrackedLoad Tracked);
