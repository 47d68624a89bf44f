namespace Llumnix.Server.AdminApi.Answers;

/// <summary>One instance in an explained decision.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Id">Its id in the answers of <c>/schedule</c>.</param>
/// <param name="Address">Where its API server listens, as <c>host:port</c>.</param>
/// <param name="DroppedBy">Why it was dropped: its health, or the name of a filter; null when it reached the selector.</param>
/// <param name="OnlyUnwanted">Whether a preferred filter dropped it, which has no effect when no candidate passes these.</param>
/// <param name="LatencyClass">The class of profiling tables that predicts its latencies; null where none are predicted.</param>
/// <param name="KvCapacityTokens">What its whole KV cache holds, in tokens; null where that is not known.</param>
/// <param name="SignalAgeMs">Age of the status that the metrics are from, in milliseconds; null in lite mode.</param>
/// <param name="Metrics">Its value of each metric by name; values that are not finite are texts.</param>
public sealed record ExplainedCandidate(
    string InstanceId,
    string Id,
    string Address,
    string? DroppedBy,
    bool OnlyUnwanted,
    string? LatencyClass,
    int? KvCapacityTokens,
    long? SignalAgeMs,
    IReadOnlyDictionary<string, double> Metrics);
