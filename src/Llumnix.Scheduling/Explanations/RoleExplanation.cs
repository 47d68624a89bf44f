using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Explanations;

/// <summary>Why a request would get the instance of a role that it would get.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Role">The role.</param>
/// <param name="Outcome">What would become of it.</param>
/// <param name="InstanceId">The pick; null when there is none. Among equals it is one of them, and a decision may take another.</param>
/// <param name="ArePreferencesMet">Whether the selector saw only instances that pass the preferred filters.</param>
/// <param name="Metrics">Names of the metrics that the policy reads for the role.</param>
/// <param name="Candidates">Every instance that the role's infer type allows.</param>
public sealed record RoleExplanation(
    string Policy,
    InferType Role,
    ScheduleOutcome Outcome,
    string? InstanceId,
    bool ArePreferencesMet,
    IReadOnlyList<string> Metrics,
    IReadOnlyList<CandidateExplanation> Candidates);
