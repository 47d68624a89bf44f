using System.Text;
using CsCheck;
using Llumnix.Adapters.Otlp;
using Llumnix.Protocol.Otlp;

namespace Llumnix.Adapters.Tests.Otlp;

/// <summary>A page of metrics as an OTLP message.</summary>
public sealed class MetricsMessageTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1);

    [Fact]
    public void Of_CountersAndGauges_KeepNamesLabelsAndValues()
    {
        IReadOnlyList<Metric> metrics = Read("""
            # HELP requests_total Requests, by what came of them.
            # TYPE requests_total counter
            requests_total{model="a\"b\\c\nd",status="ok"} 3
            requests_total{model="",status="no, really}"} 4.5
            # HELP load Load of the instance.
            # TYPE load gauge
            load -2e3
            # TYPE left_out untyped
            left_out 1
            # TYPE without_samples gauge
            """);
        Assert.Equal(["requests_total", "load"], metrics.Select(static metric => metric.Name));
        Assert.Equal("Requests, by what came of them.", metrics[0].Description);
        Assert.Equal((true, AggregationTemporality.Cumulative), (metrics[0].Sum.IsMonotonic, metrics[0].Sum.AggregationTemporality));
        Assert.Equal([3, 4.5], metrics[0].Sum.DataPoints.Select(static point => point.AsDouble));
        Assert.Equal(["model=a\"b\\c\nd", "status=ok"], LabelsOf(metrics[0].Sum.DataPoints[0].Attributes));
        Assert.Equal(["model=", "status=no, really}"], LabelsOf(metrics[0].Sum.DataPoints[1].Attributes));
        Assert.Equal((1_000_000_000UL, 3_000_000_000UL), (metrics[0].Sum.DataPoints[0].StartTimeUnixNano, metrics[0].Sum.DataPoints[0].TimeUnixNano));
        Assert.Equal(-2000, Assert.Single(metrics[1].Gauge.DataPoints).AsDouble);
    }

    [Fact]
    public void Of_Histograms_CountEachBucketByItself()
    {
        IReadOnlyList<Metric> metrics = Read("""
            # HELP t Time, in milliseconds.
            # TYPE t histogram
            t_bucket{mode="a",le="1"} 2
            t_bucket{mode="a",le="5"} 2
            t_bucket{mode="a",le="+Inf"} 7
            t_sum{mode="a"} 30.5
            t_count{mode="a"} 7
            t_sum{mode="b"} 0
            t_count{mode="b"} 0
            t_bucket{mode="b",le="1"} 0
            t_bucket{mode="b",le="5"} 0
            t_bucket{mode="b",le="+Inf"} 0
            """);
        HistogramDataPoint[] points = [.. Assert.Single(metrics).Histogram.DataPoints];
        Assert.Equal(["mode=a"], LabelsOf(points[0].Attributes));
        Assert.Equal([1, 5], points[0].ExplicitBounds);
        Assert.Equal([2UL, 0, 5], points[0].BucketCounts);
        Assert.Equal((7UL, 30.5), (points[0].Count, points[0].Sum));
        Assert.Equal((0UL, 3), (points[1].Count, points[1].BucketCounts.Count));
    }

    /// <summary>Collectors refuse histograms whose buckets do not add up.</summary>
    [Fact]
    public void Of_AHistogramThatIsObservedMeanwhile_AddsUp()
    {
        HistogramDataPoint point = Assert.Single(Assert.Single(Read("""
            # TYPE t histogram
            t_count 9
            t_sum 1
            t_bucket{le="1"} 5
            t_bucket{le="5"} 4
            t_bucket{le="+Inf"} 6
            """)).Histogram.DataPoints);
        Assert.Equal(point.Count, point.BucketCounts.Aggregate(0UL, static (sum, count) => sum + count));
        Assert.Equal(6UL, point.Count);
    }

    [Fact]
    public void Of_AnyText_DoesNotThrow() => Gen.OneOf(
            Gen.String, Gen.Const("# TYPE a histogram"), Gen.Const("# TYPE a counter"), Gen.Const("a_bucket{le=\"x\"} NaN"), Gen.Const("a{b=\"c"), Gen.Const("a{b=\"\\\"} 1"), Gen.Const("a -1"))
        .Array[0, 20]
        .Sample(static lines => Read(string.Join('\n', lines)));

    private static IReadOnlyList<Metric> Read(string page)
    {
        ExportMetricsServiceRequest message = MetricsMessage.Of(PrometheusText.Read(Encoding.UTF8.GetBytes(page)), [KeyValuePair.Create("service.name", (object)"s")], "scope", Start, Start.AddSeconds(2));
        ResourceMetrics resource = Assert.Single(message.ResourceMetrics);
        Assert.Equal(["service.name=s"], LabelsOf(resource.Resource.Attributes));
        return [.. Assert.Single(resource.ScopeMetrics).Metrics];
    }

    private static IEnumerable<string> LabelsOf(IEnumerable<KeyValue> attributes) => attributes.Select(static attribute => $"{attribute.Key}={attribute.Value.StringValue}");
}
