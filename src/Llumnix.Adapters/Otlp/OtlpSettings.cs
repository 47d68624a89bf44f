using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Otlp;

/// <summary>
/// Which telemetry a process sends by OTLP, and where, as the environment variables of the OpenTelemetry specification say. Without an endpoint nothing is sent.
/// </summary>
public sealed partial class OtlpSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <summary>Nothing is sent.</summary>
    public static OtlpSettings None { get; } = new();

    /// <summary>Where metrics are sent; null: they are not.</summary>
    public OtlpCollector? Metrics { get; private init; }

    /// <summary>Where spans are sent; null: they are not.</summary>
    public OtlpCollector? Traces { get; private init; }

    /// <summary>Where log records are sent; null: they are not.</summary>
    public OtlpCollector? Logs { get; private init; }

    /// <summary>Time between two exports of metrics, 1 s or more.</summary>
    public TimeSpan MetricInterval { get; private init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with the variables; each names its variable and no value.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>Reads the variables. A variable that cannot be used counts as absent and is a problem.</summary>
    /// <param name="read">Gives a variable's value; null or empty where it is not set.</param>
    public static OtlpSettings Read(Func<string, string?> read)
    {
        if (string.Equals(read("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return None;
        }

        var problems = new List<string>();
        return new OtlpSettings
        {
            Metrics = ReadSignal(read, "METRICS", problems),
            Traces = ReadSignal(read, "TRACES", problems),
            Logs = ReadSignal(read, "LOGS", problems),
            MetricInterval = ReadMilliseconds(read, ["OTEL_METRIC_EXPORT_INTERVAL"], 60_000, least: 1_000, problems),
            Problems = [.. problems.Distinct()],
        };
    }

    /// <summary>Reads the variables of this process.</summary>
    public static OtlpSettings ReadEnvironment() => Read(Environment.GetEnvironmentVariable);

    /// <summary>Has the metrics of a host sent for as long as it runs, where they are to be.</summary>
    /// <param name="services">The host's services, with logging.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    /// <param name="page">Makes the page of metrics in Prometheus' text format, UTF-8.</param>
    /// <param name="time">The clock.</param>
    public void AddMetrics(IServiceCollection services, string service, Func<IServiceProvider, Func<Task<ReadOnlyMemory<byte>>>> page, TimeProvider time)
    {
        if (Metrics is { } collector)
        {
            services.AddHostedService(provider => new OtlpMetricsExporter(
                collector, MetricInterval, service, page(provider), time, provider.GetRequiredService<ILogger<OtlpMetricsExporter>>()));
        }
    }

    /// <summary>The same with traces to another collector, as a flag may say.</summary>
    public OtlpSettings WithTraces(OtlpCollector collector) =>
        new() { Metrics = Metrics, Traces = collector, Logs = Logs, MetricInterval = MetricInterval, Problems = Problems };

    private static OtlpCollector? ReadSignal(Func<string, string?> read, string signal, List<string> problems)
    {
        (string exporterName, string exporter) = Find(read, [$"OTEL_{signal}_EXPORTER"]);
        if (exporter is not ("" or "otlp"))
        {
            if (exporter != "none")
            {
                problems.Add($"{exporterName} must be otlp or none");
            }

            return null;
        }

        (string endpointName, string endpoint) = Find(read, [$"{Prefix}{signal}_ENDPOINT", $"{Prefix}ENDPOINT"]);
        if (endpoint.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            problems.Add($"{endpointName} must be a URL with http or https, and without a user");
            // The other variables are read all the same, so that all problems are told at once.
            address = null;
        }

        (string protocolName, string protocol) = Find(read, [$"{Prefix}{signal}_PROTOCOL", $"{Prefix}PROTOCOL"]);
        if (protocol is not ("" or "grpc" or "http/protobuf"))
        {
            problems.Add($"{protocolName} must be grpc or http/protobuf");
        }

        bool isOverHttp = protocol == "http/protobuf";
        (string headersName, string headers) = Find(read, [$"{Prefix}{signal}_HEADERS", $"{Prefix}HEADERS"]);
        if (headers.Length > 0 && !Headers().IsMatch(headers))
        {
            problems.Add($"{headersName} must be name=value, several with commas between");
            headers = "";
        }

        TimeSpan timeout = ReadMilliseconds(read, [$"{Prefix}{signal}_TIMEOUT", $"{Prefix}TIMEOUT"], 10_000, least: 1, problems);
        bool isGeneral = endpointName == $"{Prefix}ENDPOINT";
        return address is null ? null : new OtlpCollector
        {
            Endpoint = isOverHttp && isGeneral ? new Uri($"{address.AbsoluteUri.TrimEnd('/')}/v1/{signal.ToLowerInvariant()}") : address,
            IsOverHttp = isOverHttp,
            Headers = headers,
            Timeout = timeout,
            CaFile = Find(read, [$"{Prefix}{signal}_CERTIFICATE", $"{Prefix}CERTIFICATE"]).Value,
        };
    }

    /// <summary>The first variable that is set; an empty value where none is.</summary>
    private static (string Name, string Value) Find(Func<string, string?> read, string[] names)
    {
        string name = Array.Find(names, name => !string.IsNullOrWhiteSpace(read(name))) ?? names[^1];
        return (name, read(name)?.Trim() ?? "");
    }

    private static TimeSpan ReadMilliseconds(Func<string, string?> read, string[] names, int otherwise, int least, List<string> problems)
    {
        (string name, string text) = Find(read, names);
        if (text.Length == 0)
        {
            return TimeSpan.FromMilliseconds(otherwise);
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least)
        {
            return TimeSpan.FromMilliseconds(value);
        }

        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number of milliseconds, {least} or more"));
        return TimeSpan.FromMilliseconds(otherwise);
    }

    /// <summary>Tokens of HTTP as names, visible ASCII characters without commas as values.</summary>
    [GeneratedRegex(@"^\s*[A-Za-z0-9!#$&^_.`|~*+'-]+\s*=[!-+.-~ -]*(,\s*[A-Za-z0-9!#$&^_.`|~*+'-]+\s*=[!-+.-~ -]*)*$")]
    private static partial Regex Headers();
}
