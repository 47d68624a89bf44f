using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Scans a keyspace page by page, round after round, in a bounded share of the time: foreign keys in the same Redis cost the server and this process
/// a bounded part of a processor, and a round takes longer the more keys there are. For one thread at a time.
/// </summary>
/// <remarks>
/// The first round is not limited, since nothing is known before it. In later rounds a page of duration t uses up t / share of the time. Time that
/// was not used within the last second is lost, so that a pause is not followed by a burst. A page that took very long, as in a suspended process,
/// delays the next one by 5 s at most.
/// </remarks>
internal sealed class PacedScan(TimeProvider timeProvider)
{
    /// <summary>The share of the time in which a page may be in flight.</summary>
    public const double Share = 0.05;

    private static readonly TimeSpan LongestCredit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCharge = TimeSpan.FromSeconds(0.25);

    // 0 both before the first page and after the last one, as SCAN defines it.
    private RedisValue _cursor = 0;
    private long? _due;

    /// <summary>Whether the next page begins a round.</summary>
    public bool IsAtStart => _cursor == 0;

    /// <summary>Whether a round has ever been completed.</summary>
    public bool HasCompleted { get; private set; }

    /// <summary>Reads as many pages as the share of time allows, to the end of the round at most.</summary>
    /// <param name="readPage">Reads the page at a cursor and returns the next cursor.</param>
    /// <returns>Whether a round was completed.</returns>
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

    /// <summary>Begins the round anew: a cursor is not valid on a new connection.</summary>
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
