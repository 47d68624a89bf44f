using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Llumnix.Protocol.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Testing.Telemetry;

/// <summary>A collector of telemetry on free loopback ports: OTLP over HTTP for all signals, over gRPC for metrics.</summary>
public sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeCollector(WebApplication app) => _app = app;

    /// <summary>What has come, in its order.</summary>
    public ConcurrentQueue<OtlpExport> Exports { get; } = [];

    /// <summary>Where it takes OTLP over HTTP.</summary>
    public Uri HttpAddress => new(_app.Urls.ElementAt(0));

    /// <summary>Where it takes OTLP over gRPC.</summary>
    public Uri GrpcAddress => new(_app.Urls.ElementAt(1));

    /// <summary>Whether calls are answered with an error.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Starts one.</summary>
    public static async Task<FakeCollector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        FakeCollector? collector = null;
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ => new Service(collector!));
        WebApplication app = builder.Build();
        collector = new FakeCollector(app);
        app.MapGrpcService<Service>();
        app.MapPost("/{**path}", collector.TakeAsync);
        await app.StartAsync();
        return collector;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Exports.Enqueue(new OtlpExport(
            context.Request.Path, context.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString()), body.ToArray()));
        context.Response.StatusCode = IsFailing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
    }

    private sealed class Service(FakeCollector collector) : MetricsService.MetricsServiceBase
    {
        public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
        {
            collector.Exports.Enqueue(new OtlpExport(
                context.Method, context.RequestHeaders.Where(static h => !h.IsBinary).ToDictionary(static h => h.Key, static h => h.Value), request.ToByteArray()));
            return collector.IsFailing
                ? throw new RpcException(new Status(StatusCode.Unavailable, "away"))
                : Task.FromResult(new ExportMetricsServiceResponse());
        }
    }
}
