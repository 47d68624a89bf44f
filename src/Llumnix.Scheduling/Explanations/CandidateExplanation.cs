namespace Llumnix.Scheduling.Explanations;

/// <summary>The result of one instance in an explained decision.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="WireId">Its id in answers.</param>
/// <param name="Address">Where its API server listens, as <c>host:port</c>.</param>
/// <param name="DroppedBy">The reason why it was dropped: its health, or the name of a filter; null when it reached the selector.</param>
/// <param name="IsOnlyUnwanted">Whether a preferred filter dropped it, which has no effect when no candidate passes the preferred filters.</param>
/// <param name="LatencyClass">The class of profiling tables that predicts its latencies; null where none are predicted.</param>
/// <param name="KvCapacityTokens">What its whole KV cache holds, in tokens; null where that is not known.</param>
/// <param name="Values">Its value of each metric, in the order of <see cref="RoleExplanation.Metrics"/>.</param>
public sealed record CandidateExplanation(
    string InstanceId,
    string WireId,
    string Address,
    string? DroppedBy,
    bool IsOnlyUnwanted,
    string? LatencyClass,
    int? KvCapacityTokens,
    IReadOnlyList<double> Values)
{
    /// <summary>Whether nothing answers at its address, even if it is not dropped for that: where nothing answers anywhere, requests are still tried.</summary>
    public bool IsUnreachable { get; init; }
}
