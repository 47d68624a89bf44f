using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Comparisons;

/// <summary>Why requests missed their targets. The counts do not overlap.</summary>
/// <param name="Ttft">Completed with a late first token, and the others in time.</param>
/// <param name="Tpot">Completed with slow tokens after a first one in time.</param>
/// <param name="Both">Completed with a late first token and slow ones after it.</param>
/// <param name="NotCompleted">Refused, lost or cut off.</param>
internal sealed record MissedTargets(int Ttft, int Tpot, int Both, int NotCompleted)
{
    /// <summary>Counts them.</summary>
    /// <param name="result">The result of a run.</param>
    /// <param name="ttftMs">Target time to first token, milliseconds.</param>
    /// <param name="tpotMs">Target time per output token, milliseconds.</param>
    public static MissedTargets Of(SimulationResult result, double ttftMs, double tpotMs)
    {
        (int ttft, int tpot, int both, int notCompleted) = (0, 0, 0, 0);
        foreach (RequestResult request in result.Requests)
        {
            (bool isLate, bool isSlow) = (request.TtftMs > ttftMs, request.TpotMs > tpotMs);
            bool isCompleted = request.Outcome == RequestOutcome.Completed;
            notCompleted += isCompleted ? 0 : 1;
            both += isCompleted && isLate && isSlow ? 1 : 0;
            ttft += isCompleted && isLate && !isSlow ? 1 : 0;
            tpot += isCompleted && isSlow && !isLate ? 1 : 0;
        }

        return new MissedTargets(ttft, tpot, both, notCompleted);
    }
}
