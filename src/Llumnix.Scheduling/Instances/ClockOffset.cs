namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Estimates the offset between the scheduler's wall clock and an engine's. The delay of a status is its arrival by the scheduler's clock minus its
/// timestamp by the engine's. True delays are between 0 and about a second, so a minimum of the last delays outside of that range is the offset.
/// </summary>
internal struct ClockOffset
{
    /// <summary>Largest plausible delay of a status, in milliseconds; a larger minimum is a clock offset.</summary>
    public const double LongestWayMs = 1000;

    private const int Window = 64;

    private double _shortest;
    private double _shortestBefore;
    private int _count;
    private bool _hasBefore;

    /// <summary>Milliseconds by which the engine's clock is behind the scheduler's, negative when ahead; 0 while the delays are plausible.</summary>
    public readonly double Ms
    {
        get
        {
            double shortest = _hasBefore ? Math.Min(_shortest, _shortestBefore) : _shortest;
            return _count == 0 || shortest is >= 0 and <= LongestWayMs ? 0 : shortest;
        }
    }

    /// <summary>Adds the delay of a status. The minimum is taken over the last one to two windows, so that a corrected clock is noticed.</summary>
    /// <param name="wayMs">The delay, in milliseconds.</param>
    /// <param name="sinceLastMs">Milliseconds since the arrival of the previous status, by the scheduler's clock.</param>
    public void Observe(double wayMs, double sinceLastMs)
    {
        if (_count > 0 && wayMs - Ms > sinceLastMs + LongestWayMs)
        {
            // This status was written after the previous one arrived, so its true delay is at most the time since then: a larger one means that the
            // engine's clock was set back.
            this = default;
        }

        if (_count == Window)
        {
            (_shortestBefore, _hasBefore, _count) = (_shortest, true, 0);
        }

        _shortest = _count == 0 ? wayMs : Math.Min(_shortest, wayMs);
        _count++;
    }
}
