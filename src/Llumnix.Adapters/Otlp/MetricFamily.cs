namespace Llumnix.Adapters.Otlp;

/// <summary>A metric of a page in Prometheus' text format.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>, or another word of the format.</param>
/// <param name="Help">What it means; may be empty.</param>
/// <param name="Samples">Its samples, in the order of the page.</param>
public sealed record MetricFamily(string Name, string Type, string Help, IReadOnlyList<MetricSample> Samples);
