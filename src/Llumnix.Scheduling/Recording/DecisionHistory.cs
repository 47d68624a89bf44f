using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.Recording;

/// <summary>
/// The last decisions, in a ring that is written in place under the scheduler's lock. Its public members take that lock for a few records at a time and are
/// safe for concurrent use.
/// </summary>
public sealed class DecisionHistory
{
    /// <summary>The smallest capacity: a pair is two records.</summary>
    public const int MinCapacity = 2;

    private const int RecordsPerLock = 64;
    private readonly DecisionRecord[] _records;
    private readonly FirstToken[] _firstTokens;
    private readonly Lock _gate;
    private readonly AwaitedFirstTokens _awaited;
    private readonly Lock _observing = new();
    private readonly string?[] _placed = new string?[RecordsPerLock];
    private long _total;
    private long _firstTokensTotal;
    private long _awaitedFrom;

    /// <param name="capacity">How many records are kept, <see cref="MinCapacity"/> or more.</param>
    /// <param name="gate">The scheduler's lock.</param>
    internal DecisionHistory(int capacity, Lock gate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MinCapacity);
        _records = new DecisionRecord[capacity];
        _firstTokens = new FirstToken[capacity];
        _awaited = new AwaitedFirstTokens(capacity);
        _gate = gate;
    }

    /// <summary>How many records are kept.</summary>
    public int Capacity => _records.Length;

    /// <summary>How many decisions have been recorded since the start: the sequence of the next one.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Copies records in ascending order.</summary>
    /// <param name="from">The first sequence, not negative; records that are no longer kept are left out, so that the first copied one may have a higher sequence.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many were copied; 0 when there is none from there on.</returns>
    public int Copy(long from, Span<DecisionRecord> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        int copied = 0;
        while (copied < destination.Length)
        {
            lock (_gate)
            {
                // What was copied stays in order when the ring moves on between two holds of the lock: a gap, never a repetition.
                from = Math.Max(from, _total - _records.Length);
                int count = (int)Math.Min(Math.Min(destination.Length - copied, RecordsPerLock), _total - from);
                if (count <= 0)
                {
                    break;
                }

                for (int i = 0; i < count; i++)
                {
                    destination[copied++] = At(from++);
                }
            }
        }

        return copied;
    }

    /// <summary>Copies first tokens in the order in which they were reported.</summary>
    /// <param name="from">How many were read before; afterwards also those copied or no longer kept.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many were copied.</returns>
    public int CopyFirstTokens(ref long from, Span<FirstToken> destination)
    {
        lock (_gate)
        {
            from = Math.Max(from, _firstTokensTotal - _firstTokens.Length);
            int count = (int)Math.Min(Math.Min(destination.Length, RecordsPerLock), _firstTokensTotal - from);
            for (int i = 0; i < count; i++)
            {
                destination[i] = _firstTokens[from++ % _firstTokens.Length];
            }

            return count;
        }
    }

    /// <summary>Takes the first tokens out of a report. Not under the lock: it looks requests up.</summary>
    /// <param name="progress">The report.</param>
    /// <param name="nowMs">When it came, milliseconds of the scheduler's clock.</param>
    internal void Observe(RequestProgressBatch progress, double nowMs)
    {
        lock (_observing)
        {
            AwaitNewRecords();
            for (int row = 0; row < progress.Count; row++)
            {
                if (progress.IsPrefillDone(row) && _awaited.TryTake(progress.RequestId(row), out long sequence))
                {
                    SetFirstToken(sequence, nowMs);
                }
            }
        }
    }

    /// <summary>The place of the next record, emptied. Under the lock.</summary>
    internal ref DecisionRecord Add()
    {
        ref DecisionRecord record = ref At(_total);
        record = default;
        record.Sequence = _total++;
        return ref record;
    }

    /// <summary>The newest record of a role among the last two. Under the lock.</summary>
    internal ref DecisionRecord Newest(InferType role)
    {
        ref DecisionRecord last = ref At(_total - 1);
        return ref last.Role == role ? ref last : ref At(_total - 2);
    }

    private ref DecisionRecord At(long sequence) => ref _records[sequence % _records.Length];

    private void SetFirstToken(long sequence, double nowMs)
    {
        lock (_gate)
        {
            ref DecisionRecord record = ref At(sequence);
            if (record.Sequence == sequence)
            {
                record.ObservedTtftMs = nowMs - record.TimeMs;
                _firstTokens[_firstTokensTotal++ % _firstTokens.Length] = new FirstToken(sequence, nowMs, record.ObservedTtftMs);
            }
        }
    }

    private void AwaitNewRecords()
    {
        int count;
        do
        {
            long first;
            lock (_gate)
            {
                first = _awaitedFrom = Math.Max(_awaitedFrom, _total - _records.Length);
                count = (int)Math.Min(RecordsPerLock, _total - first);
                for (int i = 0; i < count; i++)
                {
                    ref DecisionRecord record = ref At(first + i);
                    _placed[i] = record.Outcome == ScheduleOutcome.Placed && record.Role != InferType.Decode ? record.RequestId : null;
                }
            }

            for (int i = 0; i < count; i++)
            {
                _awaited.Add(first + i, _placed[i]);
            }

            _awaitedFrom = first + count;
        }
        while (count > 0);
    }
}
