namespace Llumnix.Scheduling.Instances;

/// <summary>
/// How far an engine's wall clock is off ours, judged by the shortest way that its last statuses have taken. Statuses arrive within a
/// second or so of their timestamp; a shortest way that is longer, or negative, is a clock that is wrong.
/// </summary>
internal struct ClockOffset
{
    /// <summary>The longest way of a status, in milliseconds, that is still a way and not a wrong clock.</summary>
    public const double LongestWayMs = 1000;

    private const int Window = 64;

    private double _shortest;
    private double _shortestBefore;
    private int _count;
    private bool _hasBefore;

    /// <summary>Milliseconds that the engine's clock is behind ours, negative when ahead; 0 while it is plausible.</summary>
    public readonly double Ms
    {
        get
        {
            double shortest = _hasBefore ? Math.Min(_shortest, _shortestBefore) : _shortest;
            return _count == 0 || shortest is >= 0 and <= LongestWayMs ? 0 : shortest;
        }
    }

    /// <summary>Takes the time between a status's timestamp and its arrival. Old ones are forgotten, so that a corrected clock is noticed.</summary>
    /// <param name="wayMs">That time, in milliseconds.</param>
    /// <param name="sinceLastMs">Time since the arrival of the status before, by our own clock.</param>
    public void Observe(double wayMs, double sinceLastMs)
    {
        if (_count > 0 && wayMs - Ms > sinceLastMs + LongestWayMs)
        {
            // The status before was all that there was when it arrived, so this one is younger than that: the clock was set back.
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
