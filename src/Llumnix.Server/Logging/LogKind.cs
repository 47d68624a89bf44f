namespace Llumnix.Server.Logging;

/// <summary>
/// The limit of one kind of record: some at once, and then one in a while; and how many were left out. For any threads, without a lock.
/// </summary>
/// <param name="level">Level of the records.</param>
/// <param name="eventId">Their event.</param>
/// <param name="template">What they say, without what differs from one to the next.</param>
/// <param name="time">The clock.</param>
internal sealed class LogKind(LogLevel level, EventId eventId, string template, TimeProvider time)
{
    // Problems come in floods, and the first ones tell all that there is to know. News, such as the start of a hundred engines, may come in
    // greater numbers.
    private readonly (int AtOnce, TimeSpan Interval) _limit =
        level == LogLevel.Information ? (50, TimeSpan.FromSeconds(6)) : (10, TimeSpan.FromSeconds(30));

    // When the records written so far would have been written at a steady pace. Ahead of the clock by no more than AtOnce records.
    private long _paced = time.GetTimestamp();
    private long _leftOut;

    /// <summary>Level of the records.</summary>
    public LogLevel Level => level;

    /// <summary>Their event.</summary>
    public EventId EventId => eventId;

    /// <summary>What they say, without what differs from one to the next.</summary>
    public string Template => template;

    /// <summary>Whether records were left out that nobody has taken yet.</summary>
    public bool HasLeftOut => Volatile.Read(ref _leftOut) > 0;

    /// <summary>Asks to write a record.</summary>
    /// <returns>False when the limit is reached; the record is then counted as left out.</returns>
    public bool TryTake()
    {
        bool isTaken = TryReserve();
        if (!isTaken)
        {
            Interlocked.Increment(ref _leftOut);
        }

        return isTaken;
    }

    /// <summary>Asks to write a record about the kind itself.</summary>
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

    /// <summary>The number of records left out since it was last taken.</summary>
    public long TakeLeftOut() => Interlocked.Exchange(ref _leftOut, 0);
}
