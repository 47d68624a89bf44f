namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/decisions/SEQUENCE</c>.</summary>
/// <param name="Decision">The decision as it was recorded.</param>
/// <param name="Now">What would be decided for the same request now, as <c>/debug/explain</c> tells it, without hits of its prompt in prefix caches.</param>
public sealed record DecisionAnswer(RecordedDecision Decision, IReadOnlyList<ExplainedRole> Now);
