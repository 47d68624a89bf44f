namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// A circuit breaker: after a number of failed tries in a row the service is down for a while. After that time a single failure puts it down again,
/// until a try has succeeded. For any threads.
/// </summary>
/// <remarks>Concurrent tries that fail together, by the same fault, count as one failure.</remarks>
/// <param name="tries">Number of failed tries in a row that puts the service down; below 1 counts as 1.</param>
/// <param name="downDuration">How long it is then down.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceHealth(int tries, TimeSpan downDuration, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly int _tries = Math.Max(1, tries);
    private int _failures;
    private long _lastFailure = long.MinValue;
    private long _downSince;
    private bool _isDown;

    /// <summary>Whether the service is down, so that it should not be asked.</summary>
    public bool IsDown
    {
        get
        {
            lock (_lock)
            {
                _isDown = _isDown && time.GetElapsedTime(_downSince) < downDuration;
                return _isDown;
            }
        }
    }

    /// <summary>Records a success.</summary>
    /// <returns>True when the service had been down before.</returns>
    public bool Succeeded()
    {
        lock (_lock)
        {
            bool wasDown = _failures >= _tries;
            (_failures, _isDown) = (0, false);
            return wasDown;
        }
    }

    /// <summary>Records a failure.</summary>
    /// <param name="started">Timestamp of the start of the try, by the clock.</param>
    /// <returns>True when the service goes down for the first time since its last success.</returns>
    public bool Failed(long started)
    {
        lock (_lock)
        {
            if (started < _lastFailure)
            {
                return false;
            }

            _lastFailure = time.GetTimestamp();
            if (++_failures < _tries)
            {
                return false;
            }

            if (!_isDown)
            {
                (_isDown, _downSince) = (true, _lastFailure);
            }

            bool isFirst = _failures == _tries;
            _failures = Math.Min(_failures, _tries + 1);
            return isFirst;
        }
    }
}
