namespace Llumnix.Scheduling.Replication;

/// <summary>The entries of a ledger, as replication sees them. All calls are made under the scheduler's lock.</summary>
internal interface IReplicatedEntries
{
    /// <summary>Above every index of an entry; the lowest one is 1.</summary>
    int IndexEnd { get; }

    /// <summary>Describes the live own entry of an index.</summary>
    /// <returns>False when there is none.</returns>
    bool TryDescribe(int index, out LedgerChange added);

    /// <summary>
    /// Adds an entry of another replica, or brings it up to date. Of the end of an earlier entry of the same request its owner tells by itself.
    /// </summary>
    /// <param name="added">The entry, with <see cref="LedgerChange.At"/> by the own clock.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="now">Monotonic timestamp.</param>
    /// <returns>False when its instance is not known; nothing has changed then.</returns>
    bool AddForeign(in LedgerChange added, in EntryOrigin origin, long now);

    /// <summary>Carries out any other change of an entry, if it is there. Own entries tell of it in the journal; foreign ones do not.</summary>
    /// <param name="change">The change.</param>
    /// <param name="replica">Whose entry it is.</param>
    /// <param name="now">Monotonic timestamp.</param>
    void Apply(in LedgerChange change, int replica, long now);

    /// <summary>Removes the entry of an index if it is a replica's and its newest snapshot has not named it.</summary>
    void RemoveUnconfirmed(int index, int replica, int round);
}
