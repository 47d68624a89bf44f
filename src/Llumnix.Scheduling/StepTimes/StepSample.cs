namespace Llumnix.Scheduling.StepTimes;

/// <summary>The measured duration of an engine step.</summary>
/// <param name="PrefillTokens">Its prefill tokens, above 0.</param>
/// <param name="DurationMs">Its duration, above 0.</param>
public readonly record struct StepSample(double PrefillTokens, double DurationMs);
