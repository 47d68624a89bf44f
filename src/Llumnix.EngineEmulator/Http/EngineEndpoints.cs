using System.Globalization;
using System.Text.Json;
using Llumnix.Scheduling.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The engines' HTTP API. Which engine is meant shows in the port that the call came in by.</summary>
internal sealed class EngineEndpoints(EngineRegistry registry, EngineHostOptions options)
{
    private const int MaxRequestIdLength = 256;
    private long _unnamedRequests;

    public static void Map(WebApplication app, EngineRegistry registry, EngineHostOptions options)
    {
        var endpoints = new EngineEndpoints(registry, options);
        app.MapPost("/v1/completions", (RequestDelegate)(context => endpoints.CompleteAsync(context, ApiKind.Completion)));
        app.MapPost("/v1/chat/completions", (RequestDelegate)(context => endpoints.CompleteAsync(context, ApiKind.Chat)));
        app.MapGet("/v1/models", (RequestDelegate)endpoints.ModelsAsync);
        app.MapGet("/health", (RequestDelegate)endpoints.HealthAsync);
        app.MapGet("/metrics", (RequestDelegate)endpoints.MetricsAsync);
    }

    /// <returns>Null, and the connection closed, when the engine has ended: nobody would answer there.</returns>
    private HostedEngine? FindEngine(HttpContext context)
    {
        if (registry.ByPort(context.Connection.LocalPort) is { HasEnded: false } engine)
        {
            return engine;
        }

        context.Abort();
        return null;
    }

    private async Task CompleteAsync(HttpContext context, ApiKind kind)
    {
        if (FindEngine(context) is not { } engine)
        {
            return;
        }

        string id = RequestId(context, engine);
        (CompletionRequest? request, string error) = id.Length > MaxRequestIdLength
            ? (null, "x-request-id is longer than 256 characters")
            : await ReadAsync(context, kind, id, engine);
        await (request is null
            ? ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error)
            : new CompletionCall(context, engine, registry, request, options).RunAsync());
    }

    private string RequestId(HttpContext context, HostedEngine engine)
    {
        string id = context.Request.Headers["x-request-id"].ToString();
        return id.Length > 0
            ? id
            : string.Create(CultureInfo.InvariantCulture, $"{engine.InstanceId}_{Interlocked.Increment(ref _unnamedRequests)}");
    }

    private async Task<(CompletionRequest? Request, string Error)> ReadAsync(HttpContext context, ApiKind kind, string id, HostedEngine engine)
    {
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            int blockSize = engine.Runner.Configuration.PrefixBlockSize;
            CompletionRequest? request = CompletionRequestReader.Read(body.RootElement, kind, id, options.Model, blockSize, out string error);
            return (request, error);
        }
        catch (JsonException e)
        {
            return (null, "the body is not JSON: " + e.Message);
        }
    }

    private Task HealthAsync(HttpContext context)
    {
        FindEngine(context);
        return Task.CompletedTask;
    }

    private async Task ModelsAsync(HttpContext context)
    {
        if (FindEngine(context) is not { } engine)
        {
            return;
        }

        context.Response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            json.WriteStartObject();
            json.WriteString("id", options.Model);
            json.WriteString("object", "model");
            json.WriteNumber("created", (long)engine.Metadata.UtcCreate);
            json.WriteString("owned_by", "llumnix");
            json.WriteNumber("max_model_len", engine.Runner.Configuration.TotalBlocks * engine.Runner.Configuration.BlockSize);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private Task MetricsAsync(HttpContext context)
    {
        if (FindEngine(context) is not { } engine)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(MetricsText.Of(engine.Status(), options.Model), context.RequestAborted);
    }
}
