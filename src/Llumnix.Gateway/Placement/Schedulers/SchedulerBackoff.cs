namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>
/// Whether a scheduler is asked. One that has failed is left out for a while, longer with each failure in a row; then one request tries it, and the
/// others go on as before until that request has its answer. Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SchedulerBackoff(TimeProvider time)
{
    private const int MaxDoublings = 4;
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private int _failures;
    private long _restsSince;

    /// <summary>Whether the last attempt failed.</summary>
    public bool IsFailing => Volatile.Read(ref _failures) > 0;

    /// <summary>Whether a request may ask the scheduler.</summary>
    public bool TryEnter()
    {
        if (!IsFailing)
        {
            return true;
        }

        lock (_gate)
        {
            if (_failures > 0 && IsResting())
            {
                return false;
            }

            _restsSince = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The scheduler has answered, or has taken a connection.</summary>
    /// <returns>Whether it had failed before.</returns>
    public bool OnAnswered()
    {
        if (!IsFailing)
        {
            return false;
        }

        lock (_gate)
        {
            bool wasFailing = _failures > 0;
            _failures = 0;
            return wasFailing;
        }
    }

    /// <summary>The scheduler has not answered. Failures of requests that were under way together count once.</summary>
    /// <param name="isProbe">Whether the request was the one that tried a failing scheduler.</param>
    /// <returns>Whether it had answered before.</returns>
    public bool OnFailed(bool isProbe)
    {
        lock (_gate)
        {
            bool wasAnswering = _failures == 0;
            if (wasAnswering || isProbe)
            {
                _failures = Math.Min(_failures + 1, MaxDoublings + 1);
                _restsSince = time.GetTimestamp();
            }

            return wasAnswering;
        }
    }

    private bool IsResting() => time.GetElapsedTime(_restsSince) < FirstRest * (1 << (_failures - 1));
}
