using System.Text;
using Llumnix.Adapters.Otlp;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Otlp;

/// <summary>Metrics reach a collector, over HTTP and over gRPC, and one that is away costs nothing but a line in the log.</summary>
public sealed class OtlpMetricsExporterTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<OtlpMetricsExporter> _logger = new();
    private int _pages;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExecuteAsync_SendsThePageAtEachInterval_AndAtTheEnd(bool isOverHttp)
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        using OtlpMetricsExporter exporter = Make(collector, isOverHttp);
        await exporter.StartAsync(TestContext.Current.CancellationToken);
        Assert.Empty(collector.Exports);

        _time.Advance(Interval);
        await Eventually.TrueAsync(() => collector.Exports.Count == 1);
        OtlpExport export = collector.Exports.First();
        Assert.Equal(isOverHttp ? "/v1/metrics" : "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", export.Path);
        Assert.Equal("secret key", export.Headers["api-key"]);
        Assert.Equal(1, Assert.Single(export.Metrics).Sum.DataPoints[0].AsDouble);
        Assert.Equal("llumnix-test", export.Resource["service.name"]);

        await exporter.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1, 2], collector.Exports.Select(static sent => sent.Metrics[0].Sum.DataPoints[0].AsDouble));
    }

    [Theory]
    [InlineData(true, "status 503")]
    [InlineData(false, "Unavailable")]
    public async Task ExportAsync_CollectorFailsAndComesBack_IsOneLineEach(bool isOverHttp, string problem)
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        using OtlpMetricsExporter exporter = Make(collector, isOverHttp);
        collector.IsFailing = true;
        await exporter.ExportAsync();
        await exporter.ExportAsync();
        collector.IsFailing = false;
        await exporter.ExportAsync();
        await exporter.ExportAsync();
        string address = (isOverHttp ? collector.HttpAddress.AbsoluteUri + "v1/metrics" : collector.GrpcAddress.AbsoluteUri).TrimEnd('/');
        Assert.Equal(
            [$"Warning: Metrics cannot be sent to {address}: {problem}", $"Information: Metrics are sent to {address}"],
            _logger.Lines.Select(static line => line.Replace("/:", ":", StringComparison.Ordinal).TrimEnd('/')));
    }

    [Fact]
    public async Task ExportAsync_PageDoesNotCome_IsGivenUp()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        var page = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        using var exporter = new OtlpMetricsExporter(CollectorAt(collector, true), Interval, "s", () => page.Task, _time, _logger);
        Task export = exporter.ExportAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await export;
        Assert.Contains("no answer in time", Assert.Single(_logger.Lines), StringComparison.Ordinal);
        Assert.Empty(collector.Exports);
    }

    private static OtlpCollector CollectorAt(FakeCollector collector, bool isOverHttp) => new()
    {
        Endpoint = isOverHttp ? new Uri(collector.HttpAddress, "/v1/metrics?key=hunter2") : collector.GrpcAddress,
        IsOverHttp = isOverHttp,
        Headers = "api-key=secret%20key",
    };

    private OtlpMetricsExporter Make(FakeCollector collector, bool isOverHttp) => new(
        CollectorAt(collector, isOverHttp),
        Interval,
        "llumnix-test",
        () => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($"# TYPE pages_total counter\npages_total {++_pages}\n")),
        _time,
        _logger);
}
