using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// For how long an instance's decodes have been gaining on their target; negative: for how long they must gain to have caught up. Multiplied by the
/// gain per millisecond this is the slack budget. Bounded in both directions, since step times change and decodes end. Guarded by the scheduler's
/// lock.
/// </summary>
/// <param name="nowMs">Start of counting, in milliseconds by the clock of <see cref="Requests.RequestFacts.NowMs"/>, like all times here.</param>
/// <param name="longestMs">Bound of the time in both directions, milliseconds.</param>
internal struct GainingTime(double nowMs, double longestMs)
{
    private double _sinceMs = nowMs;

    /// <summary>Milliseconds of gaining; negative while decodes must catch up. 0 after the clock was set back.</summary>
    public readonly double At(double nowMs) => nowMs - _sinceMs < -longestMs ? 0 : Math.Min(nowMs - _sinceMs, longestMs);

    /// <summary>
    /// Adds a decode that has gained nothing yet: the value becomes min(0, value), so that the gain of the others no longer counts and a debt remains.
    /// </summary>
    public void Join(double nowMs) => _sinceMs = nowMs - Math.Min(0, At(nowMs));

    /// <summary>Subtracts milliseconds of gaining, not negative.</summary>
    public void Lose(double nowMs, double gainMs) => _sinceMs = nowMs - Math.Max(-longestMs, At(nowMs) - gainMs);
}
