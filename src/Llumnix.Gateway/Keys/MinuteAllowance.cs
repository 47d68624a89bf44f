namespace Llumnix.Gateway.Keys;

/// <summary>
/// So much in a minute: refilled steadily, up to a minute's worth. What a request takes in the end may differ from what it took at first; then the
/// allowance may be in debt, which the next requests wait for. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The limiters of System.Threading.RateLimiting have no debt and no <see cref="TimeProvider"/>, and a token bucket that is replenished by hand gives
/// twice its limit after it has been full for a while.
/// </remarks>
/// <param name="perMinute">How much, above 0.</param>
/// <param name="time">The clock.</param>
internal sealed class MinuteAllowance(int perMinute, TimeProvider time)
{
    /// <summary>More debt than of so many minutes is forgiven: an engine that tells nonsense must not lock a key out for ever.</summary>
    private const int MaxDebtMinutes = 60;

    private readonly Lock _gate = new();
    private double _available = perMinute;
    private long _refilledAt = time.GetTimestamp();

    /// <summary>Takes an amount. One above a minute's worth is given when nothing has been taken for a minute, and leaves a debt.</summary>
    /// <param name="amount">How much, 0 or above.</param>
    /// <param name="retryAfter">When it may be there; zero when it is given.</param>
    public bool TryTake(int amount, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            Refill();
            double missing = Math.Min(amount, perMinute) - _available;
            if (missing > 0)
            {
                retryAfter = TimeSpan.FromMinutes(missing / perMinute);
                return false;
            }

            _available -= amount;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Gives an amount back, or takes more of it without asking.</summary>
    /// <param name="difference">What was taken less what should have been; negative when it was too little.</param>
    public void Settle(long difference)
    {
        lock (_gate)
        {
            Refill();
            _available = Math.Clamp(_available + difference, -(double)MaxDebtMinutes * perMinute, perMinute);
        }
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        _available = Math.Min(perMinute, _available + (time.GetElapsedTime(_refilledAt, now).TotalMinutes * perMinute));
        _refilledAt = now;
    }
}
