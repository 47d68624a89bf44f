namespace Llumnix.Scheduling.Calibration;

/// <summary>What a status says of the step under way, as far as the durations of steps follow from it.</summary>
/// <param name="StepId">Number of the step; 0 or below where the engine does not count steps.</param>
/// <param name="WrittenMs">When the status was written, milliseconds of the scheduler's clock.</param>
/// <param name="UncomputedTokens">Prompt tokens to compute, those of placements that the status does not show yet included.</param>
/// <param name="RunningPrefillTokens">Uncomputed prompt tokens of running prefills.</param>
/// <param name="DecodeBatch">Requests that decode.</param>
/// <param name="DecodeTokens">Their tokens.</param>
internal readonly record struct StepMark(
    int StepId, double WrittenMs, double UncomputedTokens, double RunningPrefillTokens, double DecodeBatch, double DecodeTokens);
