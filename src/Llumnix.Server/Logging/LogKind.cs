namespace Llumnix.Server.Logging;

/// <summary>
/// The limit of one kind of record: a burst at once, then one per interval; and the count of suppressed records. For any threads, without a lock.
/// </summary>
/// <param name="level">Level of the records.</param>
/// <param name="eventId">Event of the records.</param>
/// <param name="template">Message template, the part that is the same in all records.</param>
/// <param name="time">The clock.</param>
internal sealed class LogKind(LogLevel level, EventId eventId, string template, TimeProvider time)
{
    // Problems come in floods, and the first records tell what there is to know. Informational records, such as the start of a hundred engines, may
    // come in larger bursts.
    private readonly (int AtOnce, TimeSpan Interval) _limit =
        level == LogLevel.Information ? (50, TimeSpan.FromSeconds(6)) : (10, TimeSpan.FromSeconds(30));

    // The time at which the written records would have been written at the steady rate; ahead of the clock by at most AtOnce records.
    private long _paced = time.GetTimestamp();
    private long _leftOut;

    /// <summary>Level of the records.</summary>
    public LogLevel Level => level;

    /// <summary>Event of the records.</summary>
    public EventId EventId => eventId;

    /// <summary>Message template, the part that is the same in all records.</summary>
    public string Template => template;

    /// <summary>Whether there are suppressed records whose count was not taken yet.</summary>
    public bool HasLeftOut => Volatile.Read(ref _leftOut) > 0;

    /// <summary>Asks for permission to write a record.</summary>
    /// <returns>False when the limit is reached; the record then counts as suppressed.</returns>
    public bool TryTake()
    {
        bool isTaken = TryReserve();
        if (!isTaken)
        {
            Interlocked.Increment(ref _leftOut);
        }

        return isTaken;
    }

    /// <summary>Asks for permission to write the count of suppressed records.</summary>
    /// <returns>False when the limit is reached.</returns>
    public bool TryReserve()
    {
        long interval = (long)(_limit.Interval.TotalSeconds * time.TimestampFrequency);
        long now = time.GetTimestamp();
        while (true)
        {
            long paced = Volatile.Read(ref _paced);
            long next = Math.Max(paced, now) + interval;
            if (next - now > _limit.AtOnce * interval)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _paced, next, paced) == paced)
            {
                return true;
            }
        }
    }

    /// <summary>Takes the number of records suppressed since the last call.</summary>
    public long TakeLeftOut() => Interlocked.Exchange(ref _leftOut, 0);
}
