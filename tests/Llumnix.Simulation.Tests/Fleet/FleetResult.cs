namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>What came of a run.</summary>
/// <param name="HitRate">Share of the prompt tokens that were in a prefix cache, 0 to 1; null when no prompt's content is known.</param>
/// <param name="Imbalance">Computing time of the busiest engine over the mean.</param>
/// <param name="TtftMean">Milliseconds.</param>
/// <param name="TtftP99">Milliseconds.</param>
internal sealed record FleetResult(double? HitRate, double Imbalance, double TtftMean, double TtftP99);
