using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace Llumnix.Adapters.Otlp;

/// <summary>Sends log records to a collector, in batches beside the work. Records that the collector does not take in time are dropped.</summary>
public sealed class OtlpLogs : ILoggerProvider
{
    private readonly ILoggerFactory _factory;

    /// <summary>Makes the provider.</summary>
    /// <param name="collector">Where records are sent.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public OtlpLogs(OtlpCollector collector, string service) => _factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(records =>
    {
        records.SetResourceBuilder(OtlpResource.Configure(ResourceBuilder.CreateEmpty(), service));
        records.IncludeFormattedMessage = true;
        records.AddOtlpExporter(exporter => OtlpTraces.Configure(exporter, collector));
    }));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _factory.CreateLogger(categoryName);

    /// <summary>Sends what is left.</summary>
    public void Dispose() => _factory.Dispose();
}
