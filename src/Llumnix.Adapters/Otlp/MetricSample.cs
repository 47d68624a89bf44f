namespace Llumnix.Adapters.Otlp;

/// <summary>One line of a page of metrics.</summary>
/// <param name="Name">The name, with <c>_bucket</c>, <c>_sum</c> or <c>_count</c> where it is part of a histogram.</param>
/// <param name="Labels">Its labels, in the order of the page.</param>
/// <param name="Value">The value.</param>
public readonly record struct MetricSample(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value);
