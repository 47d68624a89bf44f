namespace Llumnix.Simulation.Fleet;

/// <summary>One request's result.</summary>
/// <param name="ArrivalSeconds">Arrival time in seconds from the start.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="TtftMs">Time to first token, milliseconds; NaN without one.</param>
/// <param name="TpotMs">Time per output token, (last - first) / (tokens - 1), milliseconds; NaN below two tokens.</param>
/// <param name="EndToEndMs">From the arrival to the last token, milliseconds; NaN unless it completed.</param>
/// <param name="Preemptions">Number of preemptions.</param>
/// <param name="Migrations">Number of migrations.</param>
public readonly record struct RequestResult(
    float ArrivalSeconds, RequestOutcome Outcome, float TtftMs, float TpotMs, float EndToEndMs, byte Preemptions, byte Migrations)
{
    /// <summary>Whether it completed within both targets. A single token has no time per output token.</summary>
    public bool Attains(double ttftMs, double tpotMs) =>
        Outcome == RequestOutcome.Completed && TtftMs <= ttftMs && (float.IsNaN(TpotMs) || TpotMs <= tpotMs);
}
