using System.Text;
using Llumnix.Protocol.Otlp;

namespace Llumnix.Testing.Telemetry;

/// <summary>One call that a collector has got.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Headers">Its headers, in lower case.</param>
/// <param name="Body">The message.</param>
public sealed record OtlpExport(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body's texts, for looking for one.</summary>
    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>The metrics in it.</summary>
    public IReadOnlyList<Metric> Metrics => [.. ExportMetricsServiceRequest.Parser.ParseFrom(Body).ResourceMetrics.SelectMany(static r => r.ScopeMetrics).SelectMany(static s => s.Metrics)];

    /// <summary>What the sender of metrics says of itself.</summary>
    public IReadOnlyDictionary<string, string> Resource => ExportMetricsServiceRequest.Parser.ParseFrom(Body).ResourceMetrics[0].Resource.Attributes
        .ToDictionary(static attribute => attribute.Key, static attribute => attribute.Value.StringValue);
}
