namespace Llumnix.Scheduling.Replication;

/// <summary>
/// What one replica tells another at a time: changes in their order and, while a snapshot is under way, a piece of the live entries as they are after these
/// changes. Reused; not thread-safe.
/// </summary>
public sealed class LedgerBatch
{
    /// <summary>
    /// Largest number of changes in a batch. Each batch is a message with a receipt that wakes threads on both sides, so few large ones are better; but with a snapshot's
    /// begin and the longest texts, one must stay below the 4 MB that gRPC takes.
    /// </summary>
    public const int MaxChanges = 1024;

    /// <summary>Largest number of changes, and of live entries, that are read under one hold of the lock; a batch has one piece of entries at most.</summary>
    internal const int PieceSize = 256;

    private readonly List<LedgerChange> _changes = new(PieceSize);
    private readonly List<LedgerChange> _entries = new(PieceSize);
    private readonly List<ReplicaKey> _owners = [];

    /// <summary>Who tells.</summary>
    public ReplicaKey Origin { get; set; }

    /// <summary>Number of the batch: one more than the one before in the same feed, and above all numbers of earlier feeds.</summary>
    public long Number { get; set; }

    /// <summary>Sequence number of the first change.</summary>
    public long FirstSequence { get; set; }

    /// <summary>Whether a snapshot begins: entries that are not told from here to its end no longer exist.</summary>
    public bool BeginsSnapshot { get; set; }

    /// <summary>Whether the snapshot is complete with this batch.</summary>
    public bool EndsSnapshot { get; set; }

    /// <summary>When the batch was made, by the sender's monotonic clock.</summary>
    public long ReadAt { get; set; }

    /// <summary>The changes, by sequence number.</summary>
    public IReadOnlyList<LedgerChange> Changes => _changes;

    /// <summary>
    /// Live entries of the sender, as <see cref="LedgerChangeKind.Added"/>. At the begin of a snapshot also its newest changes of others' entries, since they may
    /// have been lost.
    /// </summary>
    public IReadOnlyList<LedgerChange> Entries => _entries;

    /// <summary>The owners of entries that are not the sender's.</summary>
    public IReadOnlyList<ReplicaKey> Owners => _owners;

    /// <summary>Whether there is nothing to tell but that the sender lives.</summary>
    public bool IsEmpty => _changes.Count == 0 && _entries.Count == 0 && !BeginsSnapshot && !EndsSnapshot;

    /// <summary>Removes all content.</summary>
    public void Clear()
    {
        _changes.Clear();
        _entries.Clear();
        _owners.Clear();
        (Origin, Number, FirstSequence, ReadAt, BeginsSnapshot, EndsSnapshot) = (default, 0, 0, 0, false, false);
    }

    /// <summary>Adds a change.</summary>
    public void AddChange(in LedgerChange change) => _changes.Add(change);

    /// <summary>Adds a live entry.</summary>
    public void AddEntry(in LedgerChange entry) => _entries.Add(entry);

    /// <summary>Position of an owner, from 1 on; it is added where it is new.</summary>
    public int PositionOf(ReplicaKey owner)
    {
        int index = _owners.IndexOf(owner);
        if (index < 0)
        {
            index = _owners.Count;
            _owners.Add(owner);
        }

        return index + 1;
    }
}
