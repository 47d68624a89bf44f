namespace Llumnix.Server.AdminApi;

/// <summary>
/// When the next sample of the fleet may be sent, so that samples stay below a number of bytes per second: each is paid for by the time after it. Not thread-safe.
/// </summary>
/// <param name="shortest">Shortest time between two samples.</param>
/// <param name="bytesPerSecond">The bytes.</param>
internal sealed class SamplePace(TimeSpan shortest, double bytesPerSecond)
{
    /// <summary>How much of the time to come may be spent by a sample that cannot wait.</summary>
    private static readonly TimeSpan Credit = TimeSpan.FromSeconds(1);
    private TimeSpan _debt;

    /// <summary>Time from the last sample to the next one.</summary>
    internal TimeSpan Pause => _debt > shortest ? _debt : shortest;

    /// <summary>Whether a sample may be sent before its time.</summary>
    /// <param name="elapsed">Time since the last sample.</param>
    internal bool MayHurry(TimeSpan elapsed) => _debt - elapsed <= Credit;

    /// <summary>Notes that a sample was sent.</summary>
    /// <param name="bytes">Its size; 0 where nobody got it.</param>
    /// <param name="elapsed">Time since the last one.</param>
    internal void Sent(int bytes, TimeSpan elapsed)
    {
        TimeSpan left = _debt > elapsed ? _debt - elapsed : TimeSpan.Zero;
        _debt = left + TimeSpan.FromSeconds(bytes / bytesPerSecond);
    }
}
