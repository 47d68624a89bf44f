namespace Llumnix.Simulation.Fleet;

/// <summary>One request's result.</summary>
/// <param name="ArrivalSeconds">When it arrived.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="TtftMs">Time to first token, milliseconds; NaN without one.</param>
/// <param name="TpotMs">Time per output token, (last - first) / (tokens - 1), milliseconds; NaN below two tokens.</param>
/// <param name="EndToEndMs">From the arrival to the last token, milliseconds; NaN unless it completed.</param>
/// <param name="Preemptions">How often it lost its KV.</param>
/// <param name="Migrations">How often it moved.</param>
public readonly record struct RequestResult(
    float ArrivalSeconds, RequestOutcome Outcome, float TtftMs, float TpotMs, float EndToEndMs, byte Preemptions, byte Migrations)
{
    /// <summary>Whether it completed within both targets. A single token has no time per output token.</summary>
    public bool Attains(double ttftMs, double tpotMs) =>
        Outcome == RequestOutcome.Completed && TtftMs <= ttftMs && (float.IsNaN(TpotMs) || TpotMs <= tpotMs);
}
