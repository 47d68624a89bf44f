using System.Globalization;
using System.Text.Json;
using Llumnix.EngineEmulator.Disaggregation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The engines' HTTP API. The local port of a call identifies the engine.</summary>
internal sealed class EngineEndpoints(EngineRegistry registry, PrefillClient prefills, EngineHostOptions options)
{
    private long _unnamedRequests;

    public void Map(WebApplication app)
    {
        app.MapPost("/v1/completions", (RequestDelegate)(context => CompleteAsync(context, ApiKind.Completion)));
        app.MapPost("/v1/chat/completions", (RequestDelegate)(context => CompleteAsync(context, ApiKind.Chat)));
        app.MapGet("/v1/models", (RequestDelegate)ModelsAsync);
        app.MapGet("/health", (RequestDelegate)HealthAsync);
        app.MapGet("/metrics", (RequestDelegate)MetricsAsync);
    }

    /// <returns>Null, and the connection is closed, when the engine has ended, as that of a process that is gone.</returns>
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
        if (!TextLimits.IsWithin(id))
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, $"x-request-id is longer than {TextLimits.MaxBytes} bytes");
            return;
        }

        (CompletionRequest? request, string error) = await ReadAsync(context, kind, id, engine);
        if (request is not null)
        {
            await new CompletionCall(context, engine, new RemoteKv(engine, registry, request, prefills), request, options).RunAsync();
        }
        else if (error.Length > 0)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error);
        }
    }

    private string RequestId(HttpContext context, HostedEngine engine)
    {
        string id = context.Request.Headers["x-request-id"].ToString();
        return id.Length > 0
            ? id
            : string.Create(CultureInfo.InvariantCulture, $"{engine.InstanceId}_{Interlocked.Increment(ref _unnamedRequests)}");
    }

    /// <returns>Neither a request nor an error when the answer has been written already.</returns>
    private async Task<(CompletionRequest? Request, string Error)> ReadAsync(HttpContext context, ApiKind kind, string id, HostedEngine engine)
    {
        using JsonDocument? body = await JsonBody.ReadAsync(context, options);
        if (body is null)
        {
            return (null, "");
        }

        int blockSize = engine.Runner.Configuration.PrefixBlockSize;
        CompletionRequest? request = CompletionRequestReader.Read(body.RootElement, kind, id, options.Model, blockSize, out string error);
        return (request, error);
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
