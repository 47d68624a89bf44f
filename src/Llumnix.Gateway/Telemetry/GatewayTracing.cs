using System.Diagnostics;
using Llumnix.Adapters.Otlp;
using Llumnix.Gateway.Hosting;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Trace;

namespace Llumnix.Gateway.Telemetry;

/// <summary>Traces requests and sends the spans to a collector by OTLP, in batches beside the requests. Safe for concurrent use.</summary>
internal sealed class GatewayTracing : IDisposable
{
    /// <summary>The name of the source of all spans.</summary>
    public const string SourceName = "Llumnix.Gateway";

    private readonly ActivitySource _source = new(SourceName);
    private readonly TracerProvider _provider;
    private readonly TimeProvider _time;

    /// <param name="collector">Where spans are sent.</param>
    /// <param name="time">The clock of all timestamps.</param>
    public GatewayTracing(OtlpCollector collector, TimeProvider time)
    {
        _time = time;
        _provider = OtlpTraces.Build(collector, SourceName, GatewayHost.ServiceName);
    }

    /// <summary>
    /// Begins the span of a request, as a child of the client's when there is one. Engines and schedulers are told of it in place of that:
    /// the request's headers change.
    /// </summary>
    /// <returns>Null when the trace is not sampled; then the headers stay as they are.</returns>
    public RequestTrace? Begin(HttpRequest request, RequestRecord record, string requestId)
    {
        // Without this a request without a parent would become a child of the server's own span, which is not sent.
        Activity.Current = null;
        string state = request.Headers.TraceState.ToString();
        _ = ActivityContext.TryParse(request.Headers.TraceParent, state.Length == 0 ? null : state, isRemote: true, out ActivityContext parent);
        Activity? span = _source.StartActivity(HttpMethods.Post, ActivityKind.Server, parent);
        if (span is null)
        {
            return null;
        }

        request.Headers.TraceParent = span.Id;
        return new RequestTrace(_source, span, record, _time, OperationOf(request.Path), requestId);
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _source.Dispose();
    }

    /// <summary>The operation's name in the conventions for generative AI; empty when they have none.</summary>
    private static string OperationOf(PathString path) => path.Value switch
    {
        "/v1/chat/completions" or "/v1/responses" or "/v1/messages" => "chat",
        "/v1/completions" => "text_completion",
        "/v1/embeddings" => "embeddings",
        _ => "",
    };
}
