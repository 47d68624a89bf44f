namespace Llumnix.Scheduling.StepTimes;

/// <summary>A measured engine step.</summary>
/// <param name="PrefillTokens">Its prefill tokens, above 0.</param>
/// <param name="DurationMs">How long it took, above 0.</param>
public readonly record struct StepSample(double PrefillTokens, double DurationMs);
