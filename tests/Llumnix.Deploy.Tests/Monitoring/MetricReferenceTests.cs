namespace Llumnix.Deploy.Tests.Monitoring;

public sealed class MetricReferenceTests
{
    [Fact]
    public void FindAll_Expression_NamesItsMetricsAndLabels()
    {
        IReadOnlyList<MetricReference> metrics = MetricReference.FindAll(
            """histogram_quantile(0.99, sum by (pod, le) (rate(a_bucket{pod=~"$pod", x!="y"}[5m]))) / (b > 0) or absent(up{job="j"}) == 0.5""");
        Assert.Equal(["a_bucket", "b", "up"], metrics.Select(metric => metric.Name));
        Assert.Equal(["pod", "x"], metrics[0].Labels);
    }

    [Fact]
    public void FindGroupings_Expression_NamesTheLabels() =>
        Assert.Equal(["pod", "le", "y", "x"], MetricReference.FindGroupings("sum by (pod, le) (a) / on (y) sum by (x) (b)"));
}
