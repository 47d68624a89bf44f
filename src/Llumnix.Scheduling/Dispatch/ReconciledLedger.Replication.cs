using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>The part for replicas: what is told of own entries, and the entries of others, which readings bring in line like own ones.</summary>
internal sealed partial class ReconciledLedger : IReplicatedEntries
{
    /// <inheritdoc/>
    int IReplicatedEntries.IndexEnd => _entries.End;

    /// <inheritdoc/>
    bool IReplicatedEntries.TryDescribe(int index, out LedgerChange added)
    {
        ref ReconciledEntry entry = ref _entries[index];
        bool isOwn = entry is { RequestId: not null, Origin.IsForeign: false } && entry.Phase != EntryPhase.Ended;
        added = isOwn ? Describe(in entry) : default;
        return isOwn;
    }

    /// <inheritdoc/>
    bool IReplicatedEntries.AddForeign(in LedgerChange added, in EntryOrigin origin, long now)
    {
        int index = FindEntry(added.RequestId, origin.Replica, origin.EntryId);
        if (index != 0)
        {
            _entries[index].Origin = origin;
            Progress(index, added.Tokens, added.IsPrefillDone, now);
            return true;
        }

        if (find?.Invoke(added.InstanceId) is not { } instance)
        {
            return false;
        }

        Insert(new ReconciledEntry
        {
            RequestId = added.RequestId,
            Instance = instance,
            Role = added.Role,
            Tokens = added.Tokens,
            PromptTokens = added.PromptTokens,
            UncomputedTokens = added.UncomputedTokens,
            AddedAt = added.At,
            TouchedAt = now,
            HasFirstToken = added.IsPrefillDone,
            Origin = origin,
        });
        return true;
    }

    /// <inheritdoc/>
    void IReplicatedEntries.Apply(in LedgerChange change, int replica, long now)
    {
        int index = FindEntry(change.RequestId, replica, change.EntryId);
        if (index == 0)
        {
            return;
        }

        if (change.Kind == LedgerChangeKind.Ended)
        {
            TellIfOwn(LedgerChangeKind.Ended, index);
            End(index, now);
        }
        else if (change.Kind == LedgerChangeKind.Progressed)
        {
            Progress(index, change.Tokens, change.IsPrefillDone, now);
            TellIfOwn(LedgerChangeKind.Progressed, index);
        }
    }

    /// <inheritdoc/>
    void IReplicatedEntries.RemoveUnconfirmed(int index, int replica, int round)
    {
        ref ReconciledEntry entry = ref _entries[index];
        if (entry.RequestId is not null && entry.Origin.Replica == replica && entry.Origin.Round != round && entry.Phase != EntryPhase.Ended)
        {
            End(index, entry.TouchedAt);
        }
    }

    private static LedgerChange Describe(in ReconciledEntry entry) => new()
    {
        Kind = LedgerChangeKind.Added,
        RequestId = entry.RequestId,
        Role = entry.Role,
        EntryId = entry.Origin.EntryId,
        InstanceId = entry.Instance.Id,
        GatewayId = "",
        PromptTokens = entry.PromptTokens,
        UncomputedTokens = entry.UncomputedTokens,
        Tokens = entry.Tokens,
        IsPrefillDone = entry.HasFirstToken,
        At = entry.AddedAt,
    };

    /// <summary>Ends an entry for a reason that only this replica knows: the word goes to the other replicas, and to its owner where that is another.</summary>
    private void EndAndTell(int index, long now)
    {
        Tell(LedgerChangeKind.Ended, index);
        End(index, now);
    }

    private void TellIfOwn(LedgerChangeKind kind, int index)
    {
        if (!_entries[index].Origin.IsForeign)
        {
            Tell(kind, index);
        }
    }

    private void Tell(LedgerChangeKind kind, int index)
    {
        ref ReconciledEntry entry = ref _entries[index];
        if (journal is null || entry.Phase == EntryPhase.Ended)
        {
            return;
        }

        if (kind == LedgerChangeKind.Ended)
        {
            journal.AppendEnd(kind, entry.RequestId, entry.Role, in entry.Origin);
            return;
        }

        journal.Append(Describe(in entry) with { Kind = kind, Owner = entry.Origin.Replica, InstanceId = "", At = entry.TouchedAt });
    }

    /// <summary>A replica's entry, unless it has ended; 0 when there is none.</summary>
    private int FindEntry(string requestId, int replica, long entryId)
    {
        int index = _byRequest.First(requestId);
        while (index != 0 && !IsLive(in _entries[index]))
        {
            index = _byRequest.Next(index);
        }

        return index;

        bool IsLive(in ReconciledEntry entry) => entry.Origin.EntryId == entryId && entry.Origin.Replica == replica && entry.Phase != EntryPhase.Ended;
    }
}
