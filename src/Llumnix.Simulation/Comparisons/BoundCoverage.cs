using Llumnix.Scheduling.Calibration;

namespace Llumnix.Simulation.Comparisons;

/// <summary>How often actual latencies stayed within the bound that their prediction is to keep with a given probability.</summary>
/// <param name="Class">The class of instances.</param>
/// <param name="Latency"><c>ttft</c> or <c>tpot</c>.</param>
/// <param name="Outcomes">Number of actual latencies that were compared.</param>
/// <param name="Confidence">The probability: the share that is to be within.</param>
/// <param name="Share">The share that was within, 0 to 1.</param>
/// <param name="EligibleShare">At the end: the largest prediction, as a share of the target, with which the target holds with the probability.</param>
internal sealed record BoundCoverage(string Class, string Latency, long Outcomes, double Confidence, double Share, double EligibleShare)
{
    /// <summary>That of a run, by class and latency; null where nothing was compared.</summary>
    public static IReadOnlyList<BoundCoverage>? Of(CalibrationFigures figures)
    {
        BoundCoverage[] compared = [.. figures.Errors.Where(static errors => errors.Outcomes > 0).Select(static errors =>
            new BoundCoverage(errors.Class, errors.Latency, errors.Outcomes, errors.Confidence, (double)errors.Covered / errors.Outcomes, errors.EligibleShare))];
        return compared.Length > 0 ? compared : null;
    }
}
