namespace Llumnix.Scheduling.Replication;

/// <summary>Figures of replication since the start.</summary>
/// <param name="ForeignEntries">Entries of other replicas that count now.</param>
/// <param name="Gaps">Times that a batch of another replica was missing, so that a snapshot was asked for.</param>
/// <param name="UnknownInstances">Entries that were left out because their instance was not known.</param>
/// <param name="Refused">Batches of too many replicas, or of this one itself.</param>
public readonly record struct ReplicationFigures(int ForeignEntries, long Gaps, long UnknownInstances, long Refused);
