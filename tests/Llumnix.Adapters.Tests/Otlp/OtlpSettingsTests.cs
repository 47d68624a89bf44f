using Llumnix.Adapters.Otlp;

namespace Llumnix.Adapters.Tests.Otlp;

/// <summary>The environment variables of the OpenTelemetry specification.</summary>
public sealed class OtlpSettingsTests
{
    [Fact]
    public void Read_NoEndpoint_NothingIsSent()
    {
        OtlpSettings settings = Read("OTEL_SERVICE_NAME=x", "OTEL_METRICS_EXPORTER=otlp");
        Assert.Equal((null, null, null), (settings.Metrics, settings.Traces, settings.Logs));
        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Read_OneEndpoint_IsForAllSignals_OverGrpc()
    {
        OtlpSettings settings = Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_HEADERS=api-key=a%20b,x=1", "OTEL_EXPORTER_OTLP_TIMEOUT=2500", "OTEL_METRIC_EXPORT_INTERVAL=5000");
        Assert.All([settings.Metrics, settings.Traces, settings.Logs], static collector =>
        {
            Assert.Equal(new Uri("http://c:4317"), collector!.Endpoint);
            Assert.Equal((false, TimeSpan.FromSeconds(2.5)), (collector.IsOverHttp, collector.Timeout));
            Assert.Equal([KeyValuePair.Create("api-key", "a b"), KeyValuePair.Create("x", "1")], collector.ParsedHeaders);
        });
        Assert.Equal(TimeSpan.FromSeconds(5), settings.MetricInterval);
    }

    [Fact]
    public void Read_OverHttp_PathsAreThoseOfTheSignals_UnlessTheSignalHasItsOwn()
    {
        OtlpSettings settings = Read(
            "OTEL_EXPORTER_OTLP_ENDPOINT=https://c/otlp/", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://m/own", "OTEL_LOGS_EXPORTER=none");
        Assert.Equal(
            ("http://m/own", "https://c/otlp/v1/traces", null), (settings.Metrics!.Endpoint.AbsoluteUri, settings.Traces!.Endpoint.AbsoluteUri, settings.Logs));
    }

    [Fact]
    public void Read_ASignalsOwnVariables_Win()
    {
        OtlpSettings settings = Read(
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://c", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf", "OTEL_EXPORTER_OTLP_METRICS_HEADERS=a=1", "OTEL_EXPORTER_OTLP_HEADERS=b=2");
        Assert.Equal((true, "a=1"), (settings.Metrics!.IsOverHttp, settings.Metrics.Headers));
        Assert.Equal((false, "b=2"), (settings.Traces!.IsOverHttp, settings.Traces.Headers));
    }

    [Fact]
    public void Read_Disabled_NothingIsSent() =>
        Assert.Null(Read("OTEL_SDK_DISABLED=TRUE", "OTEL_EXPORTER_OTLP_ENDPOINT=http://c").Metrics);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT must be a URL with http or https, and without a user")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://user:hunter2@c", "OTEL_EXPORTER_OTLP_ENDPOINT must be a URL with http or https, and without a user")]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus", "OTEL_METRICS_EXPORTER must be otlp or none")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_PROTOCOL must be grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=hunter2", "OTEL_EXPORTER_OTLP_HEADERS must be name=value, several with commas between")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=a=hunter2\r\nb: c", "OTEL_EXPORTER_OTLP_HEADERS must be name=value, several with commas between")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=0", "OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number of milliseconds, 1 or more")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL=10s", "OTEL_METRIC_EXPORT_INTERVAL must be a whole number of milliseconds, 1000 or more")]
    public void Read_WhatCannotBeUsed_IsOneProblemWithoutItsValue(string variable, string problem)
    {
        OtlpSettings settings = Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://c", variable);
        Assert.Equal(problem, Assert.Single(settings.Problems));
    }

    /// <summary>The last of two values of a variable counts.</summary>
    private static OtlpSettings Read(params string[] variables)
    {
        ILookup<string, string> values = variables.Select(static variable => variable.Split('=', 2)).ToLookup(static parts => parts[0], static parts => parts[1]);
        return OtlpSettings.Read(name => values[name].LastOrDefault());
    }
}
