namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/decisions</c>.</summary>
/// <param name="Capacity">How many decisions are kept.</param>
/// <param name="RecordedTotal">How many have been recorded since the start.</param>
/// <param name="Decisions">The decisions that were asked for, newest first.</param>
/// <param name="NextBefore">For the next page: the value of <c>before</c>; null when this is the last one.</param>
public sealed record DecisionsAnswer(int Capacity, long RecordedTotal, IReadOnlyList<RecordedDecision> Decisions, long? NextBefore);
