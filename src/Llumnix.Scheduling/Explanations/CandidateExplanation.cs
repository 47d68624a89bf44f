namespace Llumnix.Scheduling.Explanations;

/// <summary>How an instance fared in a decision.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="DroppedBy">Why it is not the pick's rival: its health, or the filter that dropped it; null when it reached the selector.</param>
/// <param name="IsOnlyUnwanted">Whether a preferred filter dropped it, which counts only as long as somebody else is left.</param>
/// <param name="Values">Its value of each metric, in the order of <see cref="RoleExplanation.Metrics"/>.</param>
public sealed record CandidateExplanation(string InstanceId, string? DroppedBy, bool IsOnlyUnwanted, IReadOnlyList<double> Values);
