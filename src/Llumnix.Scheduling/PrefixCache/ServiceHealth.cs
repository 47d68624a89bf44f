namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Whether a service is worth asking. So many failed tries in a row put it down for a while; after that one more is enough until it has
/// answered again. For any threads.
/// </summary>
/// <remarks>In a row: tries that are under way at the same time fail together, by one and the same fault, and count once.</remarks>
/// <param name="tries">Failed tries in a row that put it down; below 1 counts as 1.</param>
/// <param name="downDuration">How long it is then left alone.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceHealth(int tries, TimeSpan downDuration, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly int _tries = Math.Max(1, tries);
    private int _failures;
    private long _lastFailure = long.MinValue;
    private long _downSince;
    private bool _isDown;

    /// <summary>Whether the service is being left alone.</summary>
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

    /// <summary>A try has succeeded.</summary>
    /// <returns>True when the service had failed before.</returns>
    public bool Succeeded()
    {
        lock (_lock)
        {
            bool wasDown = _failures >= _tries;
            (_failures, _isDown) = (0, false);
            return wasDown;
        }
    }

    /// <summary>A try has failed.</summary>
    /// <param name="started">Timestamp of the start of the try, by the clock.</param>
    /// <returns>True when the service has just gone down for the first time since it answered.</returns>
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
