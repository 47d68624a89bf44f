namespace Llumnix.Server.Options;

/// <summary>A load metric and the value from which an instance counts as loaded.</summary>
/// <param name="Metric">The metric's name in the catalogue; lower is better.</param>
/// <param name="Threshold">In the metric's own unit; instances below it are preferred.</param>
public sealed record LoadCriterion(string Metric, double Threshold);
