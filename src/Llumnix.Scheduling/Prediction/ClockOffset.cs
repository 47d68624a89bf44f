namespace Llumnix.Scheduling.Prediction;

/// <summary>
/// How far an engine's wall clock is off ours, judged by the shortest way that its last statuses have taken. Statuses arrive within a
/// second or so of their timestamp; a shortest way that is longer, or negative, is a clock that is wrong.
/// </summary>
internal struct ClockOffset
{
    private const int Window = 64;
    private const double LongestWayMs = 1000;

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
    public void Observe(double wayMs)
    {
        if (_count == Window)
        {
            (_shortestBefore, _hasBefore, _count) = (_shortest, true, 0);
        }

        _shortest = _count == 0 ? wayMs : Math.Min(_shortest, wayMs);
        _count++;
    }
}
