namespace Llumnix.Scheduling.Recording;

/// <summary>The metrics whose values a record keeps: the first ones that the role's selector and then its filters read. Immutable, one per role of a policy.</summary>
/// <param name="Names">Their names, at most <see cref="MetricValues.Length"/>.</param>
/// <param name="AreHigherBetter">Whether a higher value is better, in the order of <paramref name="Names"/>.</param>
public sealed record RecordedMetrics(IReadOnlyList<string> Names, IReadOnlyList<bool> AreHigherBetter);
