namespace Llumnix.Server.AdminApi.Answers;

/// <summary>Explains the decision for one role, as <c>/debug/explain</c> does.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Role">The role.</param>
/// <param name="Outcome">The outcome, as in <see cref="RecordedDecision.Outcome"/>.</param>
/// <param name="InstanceId">The pick; null without one. Ties are broken at random, so a decision may pick an equal instance.</param>
/// <param name="PreferencesMet">Whether the selector saw only instances that pass the preferred filters.</param>
/// <param name="Candidates">Every instance that may take the role by its infer type, unhealthy ones included.</param>
public sealed record ExplainedRole(
    string Policy, string Role, string Outcome, string? InstanceId, bool PreferencesMet, IReadOnlyList<ExplainedCandidate> Candidates);
