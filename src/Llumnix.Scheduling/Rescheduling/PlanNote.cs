namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Why a policy's pair was planned or rejected, or why there was no pair.</summary>
/// <param name="Policy">Name of the rescheduling policy.</param>
/// <param name="SourceId">The source; null when the policy found no pair.</param>
/// <param name="DestinationId">The destination; null when the policy found no pair.</param>
/// <param name="IsChosen">Whether the pair is in the plan.</param>
/// <param name="Reason">The values that explain the pair, or the reason against it.</param>
public readonly record struct PlanNote(string Policy, string? SourceId, string? DestinationId, bool IsChosen, string Reason);
