namespace Llumnix.Scheduling.Replication;

/// <summary>Measures, by the own clock alone, how long a receiver did not know of changes. Thread-safe; bounded.</summary>
/// <param name="time">The clock.</param>
internal sealed class LedgerLag(TimeProvider time)
{
    /// <summary>Unacknowledged batches that are remembered; the oldest of them is what counts, so the newest ones are left out beyond it.</summary>
    private const int MaxOutstanding = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(long Number, long ChangedAt)> _outstanding = new();
    private TimeSpan _last;

    /// <summary>Time since the oldest unacknowledged change or, when all are acknowledged, what the last one took.</summary>
    internal TimeSpan Current
    {
        get
        {
            lock (_gate)
            {
                return _outstanding.TryPeek(out (long Number, long ChangedAt) oldest) && Since(oldest.ChangedAt) > _last ? Since(oldest.ChangedAt) : _last;
            }
        }
    }

    /// <summary>A batch is on its way.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="changedAt">Timestamp of its oldest change.</param>
    internal void OnSent(long number, long changedAt)
    {
        lock (_gate)
        {
            if (_outstanding.Count < MaxOutstanding)
            {
                _outstanding.Enqueue((number, changedAt));
            }
        }
    }

    /// <summary>All batches up to a number have arrived.</summary>
    internal void OnAcknowledged(long number)
    {
        lock (_gate)
        {
            while (_outstanding.TryPeek(out (long Number, long ChangedAt) oldest) && oldest.Number <= number)
            {
                _last = Since(oldest.ChangedAt);
                _outstanding.Dequeue();
            }
        }
    }

    private TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);
}
