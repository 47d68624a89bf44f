namespace Llumnix.Scheduling.Instances;

/// <summary>One instance of lite mode at one moment, for telemetry.</summary>
/// <param name="Description">Its description from discovery.</param>
/// <param name="Tracked">Its tracked load.</param>
/// <param name="IsDraining">Whether it gets no new requests because it is to be taken away.</param>
public sealed record LiteModeInstanceSnapshot(DiscoveredInstance Description, TrackedLoad Tracked, bool IsDraining = false);
