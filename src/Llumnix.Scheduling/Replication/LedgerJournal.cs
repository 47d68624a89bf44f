using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Replication;

/// <summary>
/// The newest changes of the own entries, in a ring: a reader that falls behind by more than its capacity has a gap, which it sees. Also counts the foreign
/// entries. The newest changes of others' entries are kept longer, as part of every snapshot. Guarded by the scheduler's lock; an append allocates nothing.
/// </summary>
internal sealed class LedgerJournal
{
    /// <summary>
    /// Number of changes of others' entries that a snapshot repeats. When more are lost with their stream, an entry may stay at its owner until it is old.
    /// </summary>
    private const int MaxWishes = 1024;

    private readonly TimeProvider _time;
    private readonly LedgerChange[] _ring;
    private readonly LedgerChange[] _wishes = new LedgerChange[MaxWishes];
    private readonly int[] _foreign = new int[PeerTable.MaxReplicas];
    private readonly bool[] _isConnected = new bool[PeerTable.MaxReplicas];
    private long _wishCount;

    /// <param name="time">Monotonic time.</param>
    /// <param name="capacity">Number of changes that are kept, a power of two.</param>
    internal LedgerJournal(TimeProvider time, int capacity = 1 << 15)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(capacity), true);
        _time = time;
        _ring = new LedgerChange[capacity];
    }

    /// <summary>Sequence number of the next change; the first one has 1.</summary>
    internal long Next { get; private set; } = 1;

    /// <summary>Sequence number of the oldest change that is kept.</summary>
    internal long First => Math.Max(1, Next - _ring.Length);

    /// <summary>Number of entries of all other replicas.</summary>
    internal int ForeignEntries { get; private set; }

    /// <summary>The change of a sequence number from <see cref="First"/> to before <see cref="Next"/>.</summary>
    internal ref readonly LedgerChange this[long sequence] => ref _ring[sequence & (_ring.Length - 1)];

    /// <summary>Appends a change.</summary>
    internal void Append(in LedgerChange change)
    {
        _ring[Next & (_ring.Length - 1)] = change;
        Next++;
        if (change.Owner != 0)
        {
            _wishes[_wishCount++ % MaxWishes] = change;
        }
    }

    /// <summary>Appends the end or the acknowledgement of an entry.</summary>
    /// <param name="kind">The one or the other.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="role">Its role in the entry.</param>
    /// <param name="origin">Whose entry it is.</param>
    /// <param name="gatewayId">The gateway; empty in full mode.</param>
    internal void AppendEnd(LedgerChangeKind kind, string requestId, InferType role, in EntryOrigin origin, string gatewayId = "") =>
        Append(new LedgerChange
        {
            Kind = kind,
            RequestId = requestId,
            Role = role,
            EntryId = origin.EntryId,
            Owner = origin.Replica,
            InstanceId = "",
            GatewayId = gatewayId,
            At = _time.GetTimestamp(),
        });

    /// <summary>The origin of an own entry that the next change adds.</summary>
    internal EntryOrigin NewOrigin => new(0, Next, 0);

    /// <summary>The newest changes of others' entries, in any order.</summary>
    internal ReadOnlySpan<LedgerChange> Wishes => _wishes.AsSpan(0, (int)Math.Min(_wishCount, MaxWishes));

    /// <summary>Whether a stream of a replica is open, so that it will tell of the end of its entries.</summary>
    internal bool IsConnected(int replica) => _isConnected[replica];

    /// <summary>Notes whether a stream of a replica is open.</summary>
    internal void SetConnected(int replica, bool isConnected) => _isConnected[replica] = isConnected;

    /// <summary>Number of entries of a replica.</summary>
    internal int CountOf(int replica) => _foreign[replica];

    /// <summary>Counts an entry that has come or gone; own ones are not counted here.</summary>
    internal void Count(in EntryOrigin origin, int sign)
    {
        if (origin.IsForeign)
        {
            _foreign[origin.Replica] += sign;
            ForeignEntries += sign;
        }
    }
}
