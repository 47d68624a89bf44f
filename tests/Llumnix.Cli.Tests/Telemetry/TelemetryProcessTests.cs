using System.Text;
using Llumnix.Cli.Tests.Processes;
using Llumnix.EngineEmulator;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Llumnix.Testing.Telemetry;

namespace Llumnix.Cli.Tests.Telemetry;

/// <summary>Processes that are told of a collector by the environment send it their telemetry.</summary>
public sealed class TelemetryProcessTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scheduler_SendsMetricsLogsAndASpanOfEachDecision()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        int port = FreePort.Find(1)[0];
        using LlumnixProcess process = LlumnixProcess.Start(
            EnvironmentFor(collector),
            "scheduler", "--host=127.0.0.1", $"--port={port}", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=10.0.0.1:8000");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await UntilReadyAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/schedule")
        {
            Content = new StringContent("""{"id":"r-1","model":"m","scheduling_mode":"neutral","prompt_num_tokens":5}"""),
            Headers = { { "traceparent", $"00-{TraceId}-b7ad6b7169203331-01" } },
        };
        using HttpResponseMessage answer = await client.SendAsync(request, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());

        OtlpExport metrics = Last(collector, "/v1/metrics");
        Assert.Equal(("llumnix-scheduler", "blue"), (metrics.Resource["service.name"], metrics.Resource["deployment"]));
        Assert.Equal(1, metrics.Metrics.Single(static metric => metric.Name == "scheduler_scheduling_total").Sum.DataPoints.Sum(static point => point.AsDouble));
        Assert.Equal(1UL, metrics.Metrics.Single(static metric => metric.Name == "request_lite_mode_schedule_duration_milliseconds").Histogram.DataPoints.Aggregate(0UL, static (sum, point) => sum + point.Count));
        Assert.DoesNotContain(metrics.Metrics, static metric => metric.Name == "llumnix_scheduler_scheduling_total");
        string spans = Last(collector, "/v1/traces").Text;
        Assert.All((string[])["schedule", "llumnix.instance.id", "10.0.0.1:8000", "r-1", "Placed", Encoding.Latin1.GetString(Convert.FromHexString(TraceId))], text => Assert.Contains(text, spans, StringComparison.Ordinal));
        Assert.Contains(collector.Exports, static export => export.Path == "/v1/logs" && export.Text.Contains("listening on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("gateway")]
    public async Task Gateway_SendsMetricsSpansAndLogs(string program)
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        await using EngineHost engine = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        string address = $"127.0.0.1:{engine.Engines[0].Port}";
        string[] fleet = program == "serve" ? [$"--engines={address}"] : ["--host=127.0.0.1", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints={address}"];
        using LlumnixProcess process = LlumnixProcess.Start(EnvironmentFor(collector), [program, "--port=0", .. fleet]);
        string started = await process.ReadStartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(started.Split(' ')[^1] + "/") };
        await UntilReadyAsync(client);
        using var body = new StringContent("""{"model":"emulated","max_tokens":2,"messages":[{"role":"user","content":"hunter2"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("chat/completions", body, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());

        Assert.NotEmpty(Last(collector, "/v1/metrics").Metrics);
        Assert.Contains("llumnix-gateway", Last(collector, "/v1/traces").Text, StringComparison.Ordinal);
        Assert.Contains(collector.Exports, static export => export.Path == "/v1/logs" && export.Text.Contains("started with", StringComparison.Ordinal));
        Assert.All(collector.Exports, static export => Assert.DoesNotContain("hunter2", export.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scheduler_CollectorIsAway_WorksAndSaysWhatCannotBeUsed()
    {
        int port = FreePort.Find(1)[0];
        using LlumnixProcess process = LlumnixProcess.Start(
            new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_LOGS_EXPORTER"] = "console", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "500" },
            "scheduler", "--host=127.0.0.1", $"--port={port}", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=10.0.0.1:8000");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await UntilReadyAsync(client);
        Assert.Contains("listening on", await process.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains("OTEL_LOGS_EXPORTER must be otlp or none", await process.ReadLineAsync(), StringComparison.Ordinal);
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    private static Dictionary<string, string> EnvironmentFor(FakeCollector collector) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.HttpAddress.AbsoluteUri,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment=blue",
    };

    private static OtlpExport Last(FakeCollector collector, string path) => collector.Exports.Last(export => export.Path == path);

    private static Task UntilReadyAsync(HttpClient client) => Eventually.TrueAsync(async () =>
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync("/readyz", Cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });
}
