namespace Llumnix.Cli.Profiling;

/// <summary>Predicted against actual latencies of requests, for one class of instances.</summary>
/// <param name="Class">The class.</param>
/// <param name="Latency"><c>ttft</c> or <c>tpot</c>.</param>
/// <param name="Outcomes">Number of actual latencies that were compared.</param>
/// <param name="Median">Median of actual over predicted latency.</param>
/// <param name="High">The ninth decile.</param>
/// <param name="Highest">The 99th percentile.</param>
/// <param name="Coverage">Share of the recent actual latencies within their bound.</param>
/// <param name="EligibleShare">Largest prediction, as a share of the target, with which the target holds with the confidence.</param>
internal sealed record ComparedClass(
    string Class, string Latency, double Outcomes, double Median, double High, double Highest, double Coverage, double EligibleShare);
