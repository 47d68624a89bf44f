namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A migration that was planned, or considered and dropped.</summary>
/// <param name="Sequence">Its number, growing by one with each recorded migration.</param>
/// <param name="TimeMs">When it was planned, Unix time in milliseconds.</param>
/// <param name="Policy">The rescheduling policy.</param>
/// <param name="SourceId">The instance that requests leave.</param>
/// <param name="DestinationId">The instance that they go to.</param>
/// <param name="State"><c>dropped</c>, <c>planned</c> (its llumlet is being asked), <c>migrated</c>, <c>refused</c>, <c>timed_out</c>, <c>failed</c>, <c>pool_busy</c> or <c>backing_off</c>.</param>
/// <param name="Why">Why it was planned or dropped.</param>
/// <param name="Answer">What the llumlet said, or why it was not asked; empty while there is no answer.</param>
/// <param name="Selection">Which requests are to move, such as <c>2 requests, longest running first</c>; empty for a dropped one.</param>
/// <param name="DurationMs">Time until the answer, in milliseconds; null while there is none.</param>
public sealed record RecordedMigration(
    long Sequence,
    long TimeMs,
    string Policy,
    string SourceId,
    string DestinationId,
    string State,
    string Why,
    string Answer,
    string Selection,
    double? DurationMs);
