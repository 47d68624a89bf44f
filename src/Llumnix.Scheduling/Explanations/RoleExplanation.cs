using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Explanations;

/// <summary>Explains the decision for one role of a request.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Role">The role.</param>
/// <param name="Outcome">The outcome that a decision would have.</param>
/// <param name="InstanceId">Id of the pick; null when there is none. Ties are broken at random, so a decision may pick an equal instance.</param>
/// <param name="ArePreferencesMet">Whether the selector saw only instances that pass the preferred filters.</param>
/// <param name="Metrics">Names of the metrics that the policy reads for the role.</param>
/// <param name="Candidates">Every instance that may take the role by its infer type, unhealthy ones included.</param>
public sealed record RoleExplanation(
    string Policy,
    InferType Role,
    ScheduleOutcome Outcome,
    string? InstanceId,
    bool ArePreferencesMet,
    IReadOnlyList<string> Metrics,
    IReadOnlyList<CandidateExplanation> Candidates);
