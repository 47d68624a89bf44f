using System.Text;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Tests.Telemetry;

public sealed class BaseUnitNamesTests
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;

    public BaseUnitNamesTests() => _factory = Metrics.WithCustomRegistry(_registry);

    [Fact]
    public async Task Append_Milliseconds_BecomeSeconds()
    {
        Histogram histogram = _factory.CreateHistogram(
            "a_duration_milliseconds", "Time, in milliseconds.", ["x"], new HistogramConfiguration { Buckets = [0.05, 20] });
        histogram.WithLabels("1, le=\"3\" 4").Observe(30);
        (string page, string aliases) = await RenderAsync();
        Assert.Contains("a_duration_milliseconds_sum{x=\"1, le=\\\"3\\\" 4\"} 30\n", page, StringComparison.Ordinal);
        Assert.Equal(
            """
            # HELP llumnix_a_duration_seconds Time, in seconds.
            # TYPE llumnix_a_duration_seconds histogram
            llumnix_a_duration_seconds_sum{x="1, le=\"3\" 4"} 0.03
            llumnix_a_duration_seconds_count{x="1, le=\"3\" 4"} 1
            llumnix_a_duration_seconds_bucket{x="1, le=\"3\" 4",le="0.00005"} 0
            llumnix_a_duration_seconds_bucket{x="1, le=\"3\" 4",le="0.02"} 0
            llumnix_a_duration_seconds_bucket{x="1, le=\"3\" 4",le="+Inf"} 1

            """,
            aliases);
    }

    [Fact]
    public async Task Append_Percent_BecomesARatio()
    {
        _factory.CreateHistogram("hit_percent", "Share, in percent.", new HistogramConfiguration { Buckets = [50] }).Observe(25);
        (_, string aliases) = await RenderAsync();
        Assert.Equal(
            """
            # HELP llumnix_hit_ratio Share, as a ratio from 0 to 1.
            # TYPE llumnix_hit_ratio histogram
            llumnix_hit_ratio_sum 0.25
            llumnix_hit_ratio_count 1
            llumnix_hit_ratio_bucket{le="0.5"} 1
            llumnix_hit_ratio_bucket{le="+Inf"} 1

            """,
            aliases);
    }

    [Fact]
    public async Task Append_BaseUnits_GetThePrefixOnly()
    {
        _factory.CreateGauge("state_seconds", "Time, in seconds.", ["x"]).WithLabels("a b").Set(double.NaN);
        _factory.CreateCounter("things_total", "Things.").Inc(7);
        (_, string aliases) = await RenderAsync();
        Assert.Contains("llumnix_state_seconds{x=\"a b\"} NaN\n", aliases, StringComparison.Ordinal);
        Assert.Contains("llumnix_things_total 7\n", aliases, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet_collection_count_total")]
    [InlineData("process_cpu_seconds_total")]
    [InlineData("llumnix_build_info")]
    public async Task Append_NamesOfConvention_AreNotRepeated(string name)
    {
        _factory.CreateGauge(name, "Anything.").Set(1);
        (string page, string aliases) = await RenderAsync();
        Assert.Contains($"{name} 1\n", page, StringComparison.Ordinal);
        Assert.Equal("", aliases);
        Assert.Null(BaseUnitNames.Find(name));
    }

    [Theory]
    [InlineData("selected_instance_predicted_ttft", "llumnix_selected_instance_predicted_ttft_seconds")]
    [InlineData("request_itl_milliseconds", "llumnix_request_itl_seconds")]
    [InlineData("request_total", "llumnix_request_total")]
    public void Find_Name_IsThatInBaseUnits(string name, string expected) => Assert.Equal(expected, BaseUnitNames.Find(name));

    private async Task<(string Page, string Aliases)> RenderAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream, ExpositionFormat.PrometheusText, TestContext.Current.CancellationToken);
        string page = Encoding.UTF8.GetString(stream.ToArray());
        string all = Encoding.UTF8.GetString(BaseUnitNames.Append(stream.ToArray()).Span);
        Assert.StartsWith(page, all, StringComparison.Ordinal);
        return (page, all[page.Length..]);
    }
}
