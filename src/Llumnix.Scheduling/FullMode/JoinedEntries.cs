using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.FullMode;

/// <summary>The entries of a fleet's two ledgers as one: of instances whose statuses name requests, and of those whose metrics are read.</summary>
/// <remarks>Indices of the second follow those of the first. When the first grows, those of the second move up, so that a sweep meets some twice and misses none.</remarks>
/// <param name="named">Entries on instances whose statuses name requests.</param>
/// <param name="counted">Entries on the others.</param>
/// <param name="fleet">The instances.</param>
internal sealed class JoinedEntries(IReplicatedEntries named, IReplicatedEntries counted, FullModeFleet fleet) : IReplicatedEntries
{
    /// <inheritdoc/>
    public int IndexEnd => named.IndexEnd + counted.IndexEnd - 1;

    /// <inheritdoc/>
    public bool TryDescribe(int index, out LedgerChange added) =>
        index < named.IndexEnd ? named.TryDescribe(index, out added) : counted.TryDescribe(index - named.IndexEnd + 1, out added);

    /// <inheritdoc/>
    public bool AddForeign(in LedgerChange added, in EntryOrigin origin, long now) =>
        fleet.Find(added.InstanceId) is { } instance && LedgerOf(instance).AddForeign(in added, in origin, now);

    /// <inheritdoc/>
    public void Apply(in LedgerChange change, int replica, long now)
    {
        named.Apply(in change, replica, now);
        counted.Apply(in change, replica, now);
    }

    /// <inheritdoc/>
    public void RemoveUnconfirmed(int index, int replica, int round)
    {
        if (index < named.IndexEnd)
        {
            named.RemoveUnconfirmed(index, replica, round);
        }
        else
        {
            counted.RemoveUnconfirmed(index - named.IndexEnd + 1, replica, round);
        }
    }

    private IReplicatedEntries LedgerOf(FullModeInstance instance) => instance.Metadata.NamesRequests ? named : counted;
}
