namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// Share of the recent prefills for which no place was found where they are in time with the wanted confidence; older ones count less, exponentially.
/// Guarded by the scheduler's lock.
/// </summary>
/// <param name="spanMs">Time constant of forgetting, milliseconds, above 0.</param>
internal sealed class PrefillPressure(double spanMs)
{
    private double _lastMs;
    private double _prefills;
    private double _unsafe;

    /// <summary>The share, from 0 to 1. One more prefill counts as safe, so that a single one weighs half.</summary>
    /// <param name="nowMs">The moment, as of <see cref="Add"/>: what was before it has been forgotten for a part.</param>
    public double ShareAt(double nowMs)
    {
        double kept = KeptAt(nowMs);
        return kept * _unsafe / ((kept * _prefills) + 1);
    }

    /// <summary>Adds a prefill.</summary>
    /// <param name="nowMs">The moment, in milliseconds by the clock of <see cref="Requests.RequestFacts.NowMs"/>.</param>
    /// <param name="isUnsafe">Whether no such place was found.</param>
    public void Add(double nowMs, bool isUnsafe)
    {
        double kept = KeptAt(nowMs);
        _lastMs = nowMs;
        _prefills = (kept * _prefills) + 1;
        _unsafe = (kept * _unsafe) + (isUnsafe ? 1 : 0);
    }

    private double KeptAt(double nowMs) => Math.Exp(-Math.Max(0, nowMs - _lastMs) / spanMs);
}
