using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Tls;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Llumnix.Adapters.Otlp;

/// <summary>Sends spans to a collector, in batches beside the work. Spans that the collector does not take in time are dropped.</summary>
public static class OtlpTraces
{
    /// <summary>Makes what sends the spans of a source until it is disposed of, with what is left. <c>OTEL_TRACES_SAMPLER</c> decides about traces that begin here.</summary>
    /// <param name="collector">Where spans are sent.</param>
    /// <param name="source">The name of the source.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public static TracerProvider Build(OtlpCollector collector, string source, string service) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => OtlpResource.Configure(resource, service))
        .AddSource(source)
        .AddOtlpExporter(exporter => Configure(exporter, collector))
        .Build();

    /// <summary>Sets up an exporter of OpenTelemetry's own.</summary>
    internal static void Configure(OtlpExporterOptions exporter, OtlpCollector collector)
    {
        exporter.Protocol = collector.IsOverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = collector.Endpoint;
        exporter.Headers = collector.Headers;
        exporter.TimeoutMilliseconds = (int)collector.Timeout.TotalMilliseconds;
        if (collector.CaFile.Length > 0)
        {
            X509ChainPolicy authorities = CertificateAuthorities.Read(collector.CaFile);
            exporter.HttpClientFactory = () => new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = authorities } })
            {
                Timeout = collector.Timeout,
            };
        }
    }
}
