namespace Llumnix.Scheduling.Calibration;

/// <summary>The errors of one kind of prediction for one class of instances, for telemetry.</summary>
/// <param name="Class">The class: infer type, kind of engine, tensor-parallel and block size.</param>
/// <param name="Latency"><c>ttft</c> or <c>tpot</c>.</param>
/// <param name="Outcomes">Number of actual latencies that were compared with their prediction.</param>
/// <param name="Covered">How many of them stayed within the bound that was known before them.</param>
/// <param name="Confidence">The share that the bound is to cover.</param>
/// <param name="Median">Median of actual over predicted latency; NaN without outcomes.</param>
/// <param name="High">The ninth decile.</param>
/// <param name="Highest">The 99th percentile.</param>
/// <param name="Coverage">Share of the recent actual latencies within their bound, which is meant to be the confidence (0.9 unless given); NaN without outcomes.</param>
/// <param name="EligibleShare">Largest prediction, as a share of the target, with which the target holds with the confidence.</param>
public sealed record LatencyErrorFigures(
    string Class,
    string Latency,
    long Outcomes,
    long Covered,
    double Confidence,
    double Median,
    double High,
    double Highest,
    double Coverage,
    double EligibleShare);
