using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Goes through a keyspace page by page, again and again, in no more than a share of the time: what others keep in the same Redis costs
/// it and us a bounded part of a processor, and a full round takes the longer the more keys there are. For one thread at a time.
/// </summary>
/// <remarks>
/// The first round is free, since nothing is known before it. Each page later costs its own time divided by the share; what was
/// not used within the last second is lost, so that no burst follows a pause. A page that took very long, as in a process that was suspended
/// meanwhile, holds the next one up for 5 s at most.
/// </remarks>
internal sealed class PacedScan(TimeProvider timeProvider)
{
    /// <summary>The part of the time in which pages may be under way.</summary>
    public const double Share = 0.05;

    private static readonly TimeSpan LongestCredit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCharge = TimeSpan.FromSeconds(0.25);

    // Zero both before the first page and after the last: that is how SCAN says it.
    private RedisValue _cursor = 0;
    private long? _due;

    /// <summary>Whether the next page is the first one of a round.</summary>
    public bool IsAtStart => _cursor == 0;

    /// <summary>Whether a whole round has ever been made.</summary>
    public bool HasCompleted { get; private set; }

    /// <summary>Reads the pages for which there is time now, until the round ends at the latest.</summary>
    /// <param name="readPage">Reads the page at a cursor; gives the next cursor.</param>
    /// <returns>Whether a round has ended.</returns>
    public async Task<bool> AdvanceAsync(Func<RedisValue, Task<RedisValue>> readPage)
    {
        while (!HasCompleted || IsDue())
        {
            long start = timeProvider.GetTimestamp();
            try
            {
                _cursor = await readPage(_cursor);
            }
            finally
            {
                Charge(start);
            }

            if (IsAtStart)
            {
                HasCompleted = true;
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins the round anew: the connection was lost, and with it the meaning of the cursor.</summary>
    public void Restart() => _cursor = 0;

    private bool IsDue() => _due is not { } due || timeProvider.GetTimestamp() >= due;

    private void Charge(long start)
    {
        if (!HasCompleted)
        {
            return;
        }

        long earliest = start - Ticks(LongestCredit);
        long due = Math.Max(_due ?? earliest, earliest);
        TimeSpan charge = timeProvider.GetElapsedTime(start);
        _due = due + Ticks((charge < LongestCharge ? charge : LongestCharge) / Share);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * timeProvider.TimestampFrequency);
}
