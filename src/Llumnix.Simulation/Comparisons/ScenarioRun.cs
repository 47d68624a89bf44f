using Llumnix.Scheduling.Calibration;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Comparisons;

/// <summary>One contestant at one rate.</summary>
/// <param name="Contestant">The contestant's name.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Result">The simulation's result.</param>
/// <param name="Attainment">Share of the requests within their targets, 0 to 1.</param>
internal sealed record ScenarioRun(string Contestant, double Rate, int Seed, SimulationResult Result, double Attainment)
{
    /// <summary>Why the other requests missed them.</summary>
    public required MissedTargets Missed { get; init; }

    /// <summary>Arrival of the first request whose TTFT missed its target, seconds from the start; NaN without one.</summary>
    public required double FirstTtftMissSeconds { get; init; }

    /// <summary>Predicted against actual latencies, as the contestant's first scheduler in full mode knows them at the end.</summary>
    public required CalibrationFigures Calibration { get; init; }

    /// <summary>Judges a run by its targets.</summary>
    /// <param name="contestant">The contestant's name.</param>
    /// <param name="rate">Requests per second.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="result">The simulation's result.</param>
    /// <param name="ttftMs">Target time to first token, milliseconds.</param>
    /// <param name="tpotMs">Target time per output token, milliseconds.</param>
    /// <param name="calibration">Predicted against actual latencies; null without a scheduler in full mode.</param>
    internal static ScenarioRun Of(
        string contestant, double rate, int seed, SimulationResult result, double ttftMs, double tpotMs, CalibrationFigures? calibration) =>
        new(contestant, rate, seed, result, result.Requests.Count == 0 ? double.NaN : result.Attainment(ttftMs, tpotMs))
        {
            Missed = MissedTargets.Of(result, ttftMs, tpotMs),
            FirstTtftMissSeconds = result.Requests
                .Where(request => request.TtftMs > ttftMs).Select(static request => (double)request.ArrivalSeconds).FirstOrDefault(double.NaN),
            Calibration = calibration ?? CalibrationFigures.None,
        };
}
