namespace Llumnix.Scheduling.Replication;

/// <summary>
/// The ledger of one scheduler among its replicas: tells its own entries (<see cref="OpenFeed"/>), and counts those of the others (<see cref="Receive"/>). The
/// owner of an entry has the last word on it; what another replica learns from a gateway about it goes to the owner. Thread-safe. No I/O.
/// </summary>
public sealed class LedgerReplica
{
    /// <summary>Changes per hold of the lock, and so the bound of a decision's wait.</summary>
    private const int ChangesPerLock = 64;

    /// <summary>After this time without a snapshot it is asked for again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly LedgerJournal _journal;
    private readonly IReplicatedEntries _entries;
    private readonly PeerTable _peers;
    private readonly ReplicaShare? _share;
    private TaskCompletionSource? _awaited;
    private long _feeds;
    private long _gaps;
    private long _unknownInstances;
    private long _refused;

    /// <param name="self">This replica.</param>
    /// <param name="gate">The scheduler's lock.</param>
    /// <param name="time">Monotonic time.</param>
    /// <param name="journal">The journal that the entries write to.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="share">Told which replicas are connected; null where nothing depends on it.</param>
    internal LedgerReplica(
        ReplicaKey self, Lock gate, TimeProvider time, LedgerJournal journal, IReplicatedEntries entries, ReplicaShare? share = null)
    {
        Self = self;
        _gate = gate;
        _time = time;
        _journal = journal;
        _entries = entries;
        _peers = new PeerTable(journal);
        _share = share;
    }

    /// <summary>This replica.</summary>
    public ReplicaKey Self { get; }

    /// <summary>The figures now.</summary>
    public ReplicationFigures Figures
    {
        get
        {
            lock (_gate)
            {
                return new ReplicationFigures(_journal.ForeignEntries, _gaps, _unknownInstances, _refused);
            }
        }
    }

    /// <summary>Opens a feed for one connection to another replica.</summary>
    public LedgerFeed OpenFeed() =>
        new(_gate, _time, _journal, _entries, _peers, Self, Interlocked.Increment(ref _feeds) << 32);

    /// <summary>
    /// Completes soon after the next placement or release. Of what happens before the call it says nothing: take it first, then read the feed, then await it, with
    /// a limit.
    /// </summary>
    public Task NextChange()
    {
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _awaited, awaited, null) ?? awaited).Task;
    }

    /// <summary>A stream of another replica is open; while it has one, only its own word counts for its entries.</summary>
    /// <returns>False when there are too many replicas; <see cref="OnStreamEnded"/> must not be called then.</returns>
    public bool OnStreamOpened(ReplicaKey origin)
    {
        lock (_gate)
        {
            if (origin == Self || _peers.GetOrAdd(origin) is not { } peer)
            {
                _refused++;
                return false;
            }

            peer.Streams++;
            _journal.SetConnected(peer.Replica, true);
            _share?.Divide(Self.Name, _peers.ConnectedNames);
            return true;
        }
    }

    /// <summary>A stream of another replica has ended. Its entries stay until they are acknowledged, released or old, for its requests do run.</summary>
    public void OnStreamEnded(ReplicaKey origin)
    {
        lock (_gate)
        {
            if (_peers.Find(origin) is { Streams: > 0 } peer)
            {
                peer.Streams--;
                _journal.SetConnected(peer.Replica, peer.Streams > 0);
                _share?.Divide(Self.Name, _peers.ConnectedNames);
            }
        }
    }

    /// <summary>Takes over a batch of another replica. The lock is held for a few changes at a time.</summary>
    public BatchReceipt Receive(LedgerBatch batch)
    {
        PeerLedger? peer;
        lock (_gate)
        {
            peer = batch.Origin == Self ? null : _peers.GetOrAdd(batch.Origin);
            if (peer is null)
            {
                _refused++;
                return BatchReceipt.Refused;
            }
        }

        lock (peer.Applying)
        {
            BatchReceipt receipt = Admit(peer, batch);
            if (receipt is BatchReceipt.Applied)
            {
                Apply(peer, batch);
                return IsSnapshotDue(peer) ? BatchReceipt.SnapshotNeeded : BatchReceipt.Applied;
            }

            return receipt;
        }
    }

    /// <summary>Wakes what waits for a change. Called without the lock; costs a check when nothing waits.</summary>
    internal void OnChanged()
    {
        if (Volatile.Read(ref _awaited) is not null)
        {
            Interlocked.Exchange(ref _awaited, null)?.TrySetResult();
        }
    }

    /// <summary>Instances have come or gone: entries on them may be missing. Called under the lock.</summary>
    internal void OnMembersChanged() => _peers.MarkIncomplete();

    private BatchReceipt Admit(PeerLedger peer, LedgerBatch batch)
    {
        lock (_gate)
        {
            if (batch.Number <= peer.LastNumber)
            {
                return BatchReceipt.Stale;
            }

            if (batch.BeginsSnapshot)
            {
                peer.Round++;
                (peer.IsInSequence, peer.IsIncomplete, peer.AskedAt) = (true, false, null);
            }
            else if (!peer.IsInSequence || batch.Number != peer.LastNumber + 1)
            {
                _gaps += peer.IsInSequence ? 1 : 0;
                peer.IsInSequence = false;
                peer.LastNumber = batch.Number;
                return IsAskedAnew(peer) ? BatchReceipt.SnapshotNeeded : BatchReceipt.AwaitingSnapshot;
            }

            peer.LastNumber = batch.Number;
            return BatchReceipt.Applied;
        }
    }

    private bool IsSnapshotDue(PeerLedger peer)
    {
        lock (_gate)
        {
            return peer.IsIncomplete && IsAskedAnew(peer);
        }
    }

    private bool IsAskedAnew(PeerLedger peer)
    {
        if (peer.AskedAt is { } asked && _time.GetElapsedTime(asked) < AskAgainAfter)
        {
            return false;
        }

        peer.AskedAt = _time.GetTimestamp();
        return true;
    }

    private void Apply(PeerLedger peer, LedgerBatch batch)
    {
        Apply(peer, batch, batch.Changes);
        Apply(peer, batch, batch.Entries);
        if (batch.EndsSnapshot)
        {
            RemoveUnconfirmed(peer);
        }
    }

    private void Apply(PeerLedger peer, LedgerBatch batch, IReadOnlyList<LedgerChange> changes)
    {
        for (int from = 0; from < changes.Count; from += ChangesPerLock)
        {
            lock (_gate)
            {
                long now = _time.GetTimestamp();
                for (int i = from; i < Math.Min(from + ChangesPerLock, changes.Count); i++)
                {
                    ApplyChange(peer, batch, changes[i], now);
                }
            }
        }
    }

    private void ApplyChange(PeerLedger peer, LedgerBatch batch, in LedgerChange change, long now)
    {
        if (change.Owner == 0)
        {
            if (change.Kind == LedgerChangeKind.Added)
            {
                AddForeign(peer, batch, in change, now);
            }
            else
            {
                _entries.Apply(in change, peer.Replica, now);
            }

            return;
        }

        // A wish about another's entry: for its owner or, where the owner has gone, for everyone.
        ReplicaKey owner = batch.Owners[change.Owner - 1];
        if (owner == Self)
        {
            _entries.Apply(in change, replica: 0, now);
        }
        else if (_peers.Find(owner) is { Streams: 0 } gone)
        {
            _entries.Apply(in change, gone.Replica, now);
        }
    }

    private void AddForeign(PeerLedger peer, LedgerBatch batch, in LedgerChange added, long now)
    {
        long age = Math.Max(0, batch.ReadAt - added.At);
        if (!_entries.AddForeign(added with { At = now - age }, new EntryOrigin(peer.Replica, added.EntryId, peer.Round), now))
        {
            _unknownInstances++;
        }
    }

    private void RemoveUnconfirmed(PeerLedger peer)
    {
        int index = 1;
        bool isMore = true;
        while (isMore)
        {
            lock (_gate)
            {
                int end = Math.Min(_entries.IndexEnd, index + LedgerBatch.PieceSize);
                for (; index < end; index++)
                {
                    _entries.RemoveUnconfirmed(index, peer.Replica, peer.Round);
                }

                isMore = index < _entries.IndexEnd;
            }
        }
    }
}
