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
    private readonly RecordedRequests _requests;
    private readonly Lock _observing = new();
    private readonly string?[] _placed = new string?[RecordsPerLock];
    private readonly (long Sequence, long Tokens, bool HasFirstToken)[] _reported = new (long, long, bool)[RecordsPerLock];
    private long _total;
    private long _firstTokensTotal;
    private long _knownFrom;

    /// <param name="capacity">How many records are kept, <see cref="MinCapacity"/> or more.</param>
    /// <param name="gate">The scheduler's lock.</param>
    internal DecisionHistory(int capacity, Lock gate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, MinCapacity);
        _records = new DecisionRecord[capacity];
        _firstTokens = new FirstToken[capacity];
        _requests = new RecordedRequests(capacity);
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

    /// <summary>Notes how many tokens a request has got in the end, from who knows it better than reports.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="tokens">Tokens of its prompt and its answer.</param>
    public void ObserveEnd(ReadOnlySpan<char> requestId, long tokens)
    {
        lock (_observing)
        {
            KnowNewRecords();
            if (_requests.TryFind(requestId, out long sequence))
            {
                _reported[0] = (sequence, tokens, false);
                Note(_reported.AsSpan(0, 1), double.NegativeInfinity);
            }
        }
    }

    /// <summary>Takes first tokens and numbers of tokens out of a report. Not under the lock: it looks requests up.</summary>
    /// <param name="progress">The report.</param>
    /// <param name="nowMs">When it came, milliseconds of the scheduler's clock.</param>
    internal void Observe(RequestProgressBatch progress, double nowMs)
    {
        lock (_observing)
        {
            KnowNewRecords();
            int count = 0;
            for (int row = 0; row < progress.Count; row++)
            {
                if (_requests.TryFind(progress.RequestId(row), out long sequence))
                {
                    // Of a gateway that tells the end of the prefill once, later rows have only the number of tokens.
                    _reported[count++] = (sequence, progress.Tokens(row), progress.IsPrefillDone(row));
                }

                if (count == RecordsPerLock)
                {
                    Note(_reported, nowMs);
                    count = 0;
                }
            }

            Note(_reported.AsSpan(0, count), nowMs);
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

    private void Note(ReadOnlySpan<(long Sequence, long Tokens, bool HasFirstToken)> reported, double nowMs)
    {
        if (reported.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            foreach ((long sequence, long tokens, bool hasFirstToken) in reported)
            {
                ref DecisionRecord record = ref At(sequence);
                if (record.Sequence != sequence)
                {
                    continue;
                }

                record.OutputTokens = (int)Math.Clamp(tokens - record.PromptTokens, record.OutputTokens, int.MaxValue);
                record.ReportedMs = nowMs;
                if (hasFirstToken && double.IsNaN(record.ObservedTtftMs))
                {
                    record.ObservedTtftMs = nowMs - record.TimeMs;
                    _firstTokens[_firstTokensTotal++ % _firstTokens.Length] = new FirstToken(sequence, nowMs, record.ObservedTtftMs);
                }
            }
        }
    }

    private void KnowNewRecords()
    {
        int count;
        do
        {
            long first;
            lock (_gate)
            {
                first = _knownFrom = Math.Max(_knownFrom, _total - _records.Length);
                count = (int)Math.Min(RecordsPerLock, _total - first);
                for (int i = 0; i < count; i++)
                {
                    ref DecisionRecord record = ref At(first + i);
                    _placed[i] = record.Outcome == ScheduleOutcome.Placed && record.Role != InferType.Decode ? record.RequestId : null;
                }
            }

            for (int i = 0; i < count; i++)
            {
                _requests.Add(first + i, _placed[i]);
            }

            _knownFrom = first + count;
        }
        while (count > 0);
    }
}
