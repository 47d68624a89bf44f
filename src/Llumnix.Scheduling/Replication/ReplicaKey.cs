namespace Llumnix.Scheduling.Replication;

/// <summary>One run of a scheduler among its replicas.</summary>
/// <param name="Name">The replica's name, the same after a restart; not empty.</param>
/// <param name="Epoch">Differs from run to run, so that the entries of an earlier run are not taken for this one's.</param>
public readonly record struct ReplicaKey(string Name, long Epoch);
