using System.Globalization;
using Llumnix.Protocol.Otlp;

namespace Llumnix.Adapters.Otlp;

/// <summary>Makes OTLP messages of metrics. Names and values are those of the page; counters and histograms count from the start of the process.</summary>
internal static class MetricsMessage
{
    /// <summary>The message of all metrics of a page. What OTLP has no word for is left out: untyped metrics and summaries.</summary>
    /// <param name="families">The metrics.</param>
    /// <param name="resource">What the process is.</param>
    /// <param name="scope">What has measured.</param>
    /// <param name="start">When counting began.</param>
    /// <param name="now">When the page was made.</param>
    public static ExportMetricsServiceRequest Of(
        IEnumerable<MetricFamily> families, IEnumerable<KeyValuePair<string, object>> resource, string scope, DateTimeOffset start, DateTimeOffset now)
    {
        (ulong startNanos, ulong nowNanos) = (Nanos(start), Nanos(now));
        var metrics = new ScopeMetrics { Scope = new InstrumentationScope { Name = scope } };
        foreach (MetricFamily family in families.Where(static family => family.Samples.Count > 0))
        {
            var metric = new Metric { Name = family.Name, Description = family.Help };
            switch (family.Type)
            {
                case "counter":
                    metric.Sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = true };
                    metric.Sum.DataPoints.AddRange(family.Samples.Select(sample => NumberOf(sample, startNanos, nowNanos)));
                    break;
                case "gauge":
                    metric.Gauge = new Gauge();
                    metric.Gauge.DataPoints.AddRange(family.Samples.Select(sample => NumberOf(sample, 0, nowNanos)));
                    break;
                case "histogram":
                    metric.Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative };
                    AddHistograms(metric.Histogram, family, startNanos, nowNanos);
                    break;
                default:
                    continue;
            }

            metrics.Metrics.Add(metric);
        }

        var message = new ResourceMetrics { Resource = new Resource(), ScopeMetrics = { metrics } };
        message.Resource.Attributes.AddRange(resource.Select(static pair => Attribute(pair.Key, Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? "")));
        return new ExportMetricsServiceRequest { ResourceMetrics = { message } };
    }

    private static NumberDataPoint NumberOf(in MetricSample sample, ulong start, ulong now) => new()
    {
        StartTimeUnixNano = start,
        TimeUnixNano = now,
        AsDouble = sample.Value,
        Attributes = { sample.Labels.Select(static label => Attribute(label.Key, label.Value)) },
    };

    /// <summary>A page counts all observations up to a bound, OTLP those of each bucket.</summary>
    private static void AddHistograms(Histogram histogram, MetricFamily family, ulong start, ulong now)
    {
        var points = new Dictionary<string, HistogramDataPoint>(StringComparer.Ordinal);
        var below = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (MetricSample sample in family.Samples)
        {
            KeyValuePair<string, string>[] labels = [.. sample.Labels.Where(static label => label.Key != "le")];
            string key = string.Join('\u0001', labels.Select(static label => $"{label.Key}\u0002{label.Value}"));
            if (!points.TryGetValue(key, out HistogramDataPoint? point))
            {
                points[key] = point = new HistogramDataPoint
                {
                    StartTimeUnixNano = start,
                    TimeUnixNano = now,
                    Attributes = { labels.Select(static label => Attribute(label.Key, label.Value)) },
                };
            }

            switch (sample.Name[family.Name.Length..])
            {
                case "_sum":
                    point.Sum = sample.Value;
                    break;
                case "_bucket":
                    double bound = BoundOf(sample);
                    ulong all = (ulong)sample.Value;
                    // Observations go on while a page is made, so that a bucket may have seen one that a later one has not.
                    all = Math.Max(all, below.GetValueOrDefault(key));
                    point.BucketCounts.Add(all - below.GetValueOrDefault(key));
                    below[key] = all;
                    point.Count = all;
                    if (double.IsFinite(bound))
                    {
                        point.ExplicitBounds.Add(bound);
                    }

                    break;
                default:
                    break;
            }
        }

        histogram.DataPoints.AddRange(points.Values);
    }

    private static double BoundOf(in MetricSample sample)
    {
        string text = sample.Labels.FirstOrDefault(static label => label.Key == "le").Value ?? "+Inf";
        return text != "+Inf" && double.TryParse(text, CultureInfo.InvariantCulture, out double bound) ? bound : double.PositiveInfinity;
    }

    private static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static ulong Nanos(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
