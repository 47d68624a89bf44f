namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The event <c>decisions</c>: the newest decisions since the event before.</summary>
/// <param name="RecordedTotal">How many have been recorded since the start.</param>
/// <param name="Skipped">How many between this event and the one before are not in it, because there were too many.</param>
/// <param name="Decisions">The decisions, newest first.</param>
public sealed record DecisionsEvent(long RecordedTotal, long Skipped, IReadOnlyList<RecordedDecision> Decisions);
