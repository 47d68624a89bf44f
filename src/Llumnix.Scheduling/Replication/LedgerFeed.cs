namespace Llumnix.Scheduling.Replication;

/// <summary>
/// What one receiver gets of this replica's ledger: a snapshot first and after each gap, and the changes since. One reader at a time;
/// <see cref="RequestSnapshot"/>, <see cref="Acknowledge"/>, <see cref="WhenTold"/> and <see cref="Lag"/> are for any thread.
/// </summary>
public sealed class LedgerFeed
{
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly LedgerJournal _journal;
    private readonly IReplicatedEntries _entries;
    private readonly PeerTable _peers;
    private readonly ReplicaKey _self;
    private readonly LedgerLag _lag;
    private long _number;
    private long _next;
    private int _nextEntry;
    private bool _isSnapshotWanted = true;
    private long _acknowledged;
    // What WhenTold waits for: the changes before this one, which the batch with this number completes; 0 while they are not all read.
    private TaskCompletionSource? _told;
    private long _toldBefore;
    private long _toldNumber;

    internal LedgerFeed(
        Lock gate, TimeProvider time, LedgerJournal journal, IReplicatedEntries entries, PeerTable peers, ReplicaKey self, long firstNumber)
    {
        _gate = gate;
        _time = time;
        _journal = journal;
        _entries = entries;
        _peers = peers;
        _self = self;
        _number = firstNumber;
        _acknowledged = firstNumber - 1;
        _lag = new LedgerLag(time);
    }

    /// <summary>Number of times that the reader fell behind the journal, so that a snapshot was needed.</summary>
    public long Gaps { get; private set; }

    /// <summary>
    /// How long the receiver's decisions do not know of a placement here: from a change to the receiver's acknowledgement of it, by the own clock alone. Of
    /// what is not acknowledged yet, the time since the oldest.
    /// </summary>
    public TimeSpan Lag => _lag.Current;

    /// <summary>Makes the feed begin anew with a snapshot.</summary>
    public void RequestSnapshot()
    {
        lock (_gate)
        {
            _isSnapshotWanted = true;
        }
    }

    /// <summary>The receiver has taken over all batches up to a number.</summary>
    public void Acknowledge(long number)
    {
        _lag.OnAcknowledged(number);
        Interlocked.Exchange(ref _acknowledged, number);
        if (Volatile.Read(ref _told) is not null)
        {
            lock (_gate)
            {
                CompleteIfTold();
            }
        }
    }

    /// <summary>
    /// Completes when the receiver has acknowledged all that has happened before the call. One caller at a time: a second call takes the place of the first. To be
    /// awaited with a limit, since a feed may end before that.
    /// </summary>
    public Task WhenTold()
    {
        lock (_gate)
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_told, _toldBefore, _toldNumber) = (told, _journal.Next, 0);
            NoteIfRead(_number - 1);
            CompleteIfTold();
            return told.Task;
        }
    }

    /// <summary>Reads the next changes and entries. The lock is held for some hundreds at a time.</summary>
    /// <param name="batch">Filled anew; it must be sent, unless it is empty and no sign of life.</param>
    /// <param name="isSignOfLife">Whether the batch is sent even if it is empty.</param>
    /// <returns>Whether there is more to read.</returns>
    public bool Read(LedgerBatch batch, bool isSignOfLife = true)
    {
        batch.Clear();
        batch.Origin = _self;
        batch.Number = _number;
        lock (_gate)
        {
            BeginSnapshotWhereNeeded(batch);
            batch.FirstSequence = _next;
        }

        bool isMore;
        bool isFull;
        do
        {
            lock (_gate)
            {
                (isMore, isFull) = ReadPiece(batch);
                if (isFull)
                {
                    _number += batch.IsEmpty && !isSignOfLife ? 0 : 1;
                    NoteIfRead(_number - 1);
                    CompleteIfTold();
                }
            }
        }
        while (!isFull);

        if (batch.Changes.Count > 0)
        {
            _lag.OnSent(batch.Number, batch.Changes[0].At);
        }

        return isMore;
    }

    /// <summary>Adds some changes to a batch and, where none is left then, some entries.</summary>
    /// <returns>Whether there is more to read, and whether it is for the next batch.</returns>
    private (bool IsMore, bool IsFull) ReadPiece(LedgerBatch batch)
    {
        batch.ReadAt = _time.GetTimestamp();
        if (_isSnapshotWanted || _next < _journal.First)
        {
            // Since the piece before. What comes now would only be told again: the next batch begins anew.
            return (true, true);
        }

        ReadChanges(batch);
        if (_next < _journal.Next && batch.Changes.Count < LedgerBatch.MaxChanges)
        {
            return (true, false);
        }

        ReadEntries(batch);
        return (_next < _journal.Next || _nextEntry != 0, true);
    }

    private void NoteIfRead(long number)
    {
        if (_told is not null && _toldNumber == 0 && !_isSnapshotWanted && _nextEntry == 0 && _next >= _toldBefore)
        {
            _toldNumber = number;
        }
    }

    private void CompleteIfTold()
    {
        if (_told is { } told && _toldNumber != 0 && !_isSnapshotWanted && Interlocked.Read(ref _acknowledged) >= _toldNumber)
        {
            _told = null;
            told.TrySetResult();
        }
    }

    private void BeginSnapshotWhereNeeded(LedgerBatch batch)
    {
        bool isGap = !_isSnapshotWanted && _next < _journal.First;
        if (_isSnapshotWanted || isGap)
        {
            Gaps += isGap ? 1 : 0;
            (_isSnapshotWanted, batch.BeginsSnapshot) = (false, true);
            (_next, _nextEntry, _toldNumber) = (_journal.Next, 1, 0);
            foreach (ref readonly LedgerChange wish in _journal.Wishes)
            {
                if (_peers[wish.Owner] is { } owner)
                {
                    batch.AddEntry(wish with { Owner = batch.PositionOf(owner.Key) });
                }
            }
        }
    }

    private void ReadChanges(LedgerBatch batch)
    {
        for (int i = 0; i < LedgerBatch.PieceSize && _next < _journal.Next; i++)
        {
            LedgerChange change = _journal[_next++];
            batch.AddChange(change.Owner == 0 ? change : change with { Owner = batch.PositionOf(_peers[change.Owner]!.Key) });
        }
    }

    /// <summary>Entries are told as they are after all changes before them: a piece is read only when no change is left.</summary>
    private void ReadEntries(LedgerBatch batch)
    {
        if (_nextEntry == 0 || _next < _journal.Next)
        {
            return;
        }

        int end = Math.Min(_entries.IndexEnd, _nextEntry + LedgerBatch.PieceSize);
        for (; _nextEntry < end; _nextEntry++)
        {
            if (_entries.TryDescribe(_nextEntry, out LedgerChange added))
            {
                batch.AddEntry(in added);
            }
        }

        if (_nextEntry >= _entries.IndexEnd)
        {
            (_nextEntry, batch.EndsSnapshot) = (0, true);
        }
    }
}
