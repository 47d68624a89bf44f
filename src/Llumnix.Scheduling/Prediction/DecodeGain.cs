namespace Llumnix.Scheduling.Prediction;

/// <summary>
/// For how long an instance's decodes have been gaining on their target, or have yet to until they have caught up. At most
/// <see cref="LongestMs"/> either way: step times change, and decodes end. Guarded by the scheduler's lock.
/// </summary>
/// <param name="nowMs">The moment from which on is counted, by our wall clock, milliseconds since the Unix epoch, like all moments here.</param>
internal struct DecodeGain(double nowMs)
{
    /// <summary>What happened longer ago does not count, milliseconds.</summary>
    public const double LongestMs = 6000;

    private double _sinceMs = nowMs;

    /// <summary>Milliseconds of gaining; negative while decodes must catch up. 0 when the clock was set back.</summary>
    public readonly double At(double nowMs) => nowMs - _sinceMs < -LongestMs ? 0 : Math.Min(nowMs - _sinceMs, LongestMs);

    /// <summary>A decode comes that has gained nothing yet.</summary>
    public void Join(double nowMs) => _sinceMs = nowMs - Math.Min(0, At(nowMs));

    /// <summary>Decodes fall behind by so many milliseconds of gaining, not negative.</summary>
    public void Lose(double nowMs, double gainMs) => _sinceMs = nowMs - Math.Max(-LongestMs, At(nowMs) - gainMs);
}
