namespace Llumnix.Scheduling.Replication;

/// <summary>Where an entry comes from. The default is an own entry that is not replicated.</summary>
/// <param name="Replica">Number of the replica that has placed it, in <see cref="PeerTable"/>; 0 is this one.</param>
/// <param name="EntryId">See <see cref="LedgerChange.EntryId"/>.</param>
/// <param name="Round">Number of the newest snapshot that names it, of a foreign entry.</param>
internal readonly record struct EntryOrigin(int Replica, long EntryId, int Round)
{
    /// <summary>Whether another replica has placed it.</summary>
    internal bool IsForeign => Replica != 0;
}
