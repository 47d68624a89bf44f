namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A metric of a recorded decision. Values that are not finite are texts (<c>"Infinity"</c>).</summary>
/// <param name="Name">The metric.</param>
/// <param name="IsHigherBetter">Whether a higher value is better.</param>
/// <param name="Value">Its value for the chosen instance.</param>
/// <param name="RunnerUpValue">Its value for the runner-up; null without one.</param>
public sealed record RecordedMetric(string Name, bool IsHigherBetter, double Value, double? RunnerUpValue);
