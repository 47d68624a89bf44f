using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// For how long an instance's decodes have been gaining on their target, or must yet gain to have caught up. Bounded either way: step times change, and
/// decodes end. Guarded by the scheduler's lock.
/// </summary>
/// <param name="nowMs">The moment to count from, milliseconds by the clock of <see cref="Requests.RequestFacts.NowMs"/>, like all moments here.</param>
/// <param name="longestMs">What happened longer ago does not count, milliseconds.</param>
internal struct DecodeGain(double nowMs, double longestMs)
{
    private double _sinceMs = nowMs;

    /// <summary>Milliseconds of gaining; negative while decodes must catch up. 0 when the clock was set back.</summary>
    public readonly double At(double nowMs) => nowMs - _sinceMs < -longestMs ? 0 : Math.Min(nowMs - _sinceMs, longestMs);

    /// <summary>A decode joins that has gained nothing yet.</summary>
    public void Join(double nowMs) => _sinceMs = nowMs - Math.Min(0, At(nowMs));

    /// <summary>Decodes fall behind by so many milliseconds of gaining, not negative.</summary>
    public void Lose(double nowMs, double gainMs) => _sinceMs = nowMs - Math.Max(-longestMs, At(nowMs) - gainMs);
}
