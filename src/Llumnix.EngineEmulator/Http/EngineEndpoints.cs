using System.Globalization;
using System.Text.Json;
using Llumnix.EngineEmulator.Disaggregation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The engines' HTTP API. The local port of a call identifies the engine.</summary>
internal sealed class EngineEndpoints(EngineRegistry registry, PrefillClient prefills, EngineHostOptions options)
{
    private const string DataParallelRank = "X-data-parallel-rank";

    private long _unnamedRequests;

    public void Map(WebApplication app)
    {
        app.MapPost("/v1/completions", (RequestDelegate)(context => CompleteAsync(context, ApiKind.Completion)));
        app.MapPost("/v1/chat/completions", (RequestDelegate)(context => CompleteAsync(context, ApiKind.Chat)));
        app.MapPost("/v1/embeddings", (RequestDelegate)EmbedAsync);
        app.MapPost("/tokenize", (RequestDelegate)TokenizeAsync);
        app.MapGet("/v1/models", (RequestDelegate)ModelsAsync);
        app.MapGet("/health", (RequestDelegate)HealthAsync);
        app.MapGet("/metrics", (RequestDelegate)MetricsAsync);
        app.MapGet("/v1/loads", (RequestDelegate)LoadsAsync);
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

        var fault = ProvokedFault.Read(context.Request.Headers, out string faultError);
        if (faultError.Length > 0)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, faultError);
            return;
        }

        if (context.Request.Headers[DataParallelRank] is { Count: 1 } rank)
        {
            context.Response.Headers[DataParallelRank] = rank;
        }

        (CompletionRequest? request, string error) = await ReadAsync(context, kind, id, engine);
        if (request is not null)
        {
            await new CompletionCall(context, engine, new RemoteKv(engine, registry, request, prefills), request, fault, options).RunAsync();
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

    private async Task TokenizeAsync(HttpContext context)
    {
        if (FindEngine(context) is not { } engine)
        {
            return;
        }

        using JsonDocument? body = await JsonBody.ReadAsync(context, options);
        if (body is null)
        {
            return;
        }

        ReadOnlyMemory<uint> tokens = CompletionRequestReader.ReadTokens(body.RootElement, out string error);
        await (error.Length > 0
            ? ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error)
            : TokenizeReply.WriteAsync(context, tokens, MaxModelLength(engine)));
    }

    private async Task EmbedAsync(HttpContext context)
    {
        if (FindEngine(context) is null)
        {
            return;
        }

        using JsonDocument? body = await JsonBody.ReadAsync(context, options);
        if (body is null)
        {
            return;
        }

        IReadOnlyList<Prompt> inputs = CompletionRequestReader.ReadInputs(body.RootElement, out string error);
        if (error.Length > 0)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        bool isBase64 = body.RootElement.TryGetProperty("encoding_format", out JsonElement format)
            && format.ValueKind == JsonValueKind.String && format.ValueEquals("base64"u8);
        await EmbeddingsReply.WriteAsync(context, options.Model, inputs, isBase64);
    }

    private static long MaxModelLength(HostedEngine engine) => engine.Runner.Configuration.TotalBlocks * engine.Runner.Configuration.BlockSize;

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
            foreach (string name in options.MoreModels.Prepend(options.Model))
            {
                json.WriteStartObject();
                json.WriteString("id", name);
                json.WriteString("object", "model");
                json.WriteNumber("created", (long)engine.Metadata.UtcCreate);
                json.WriteString("owned_by", "llumnix");
                json.WriteNumber("max_model_len", MaxModelLength(engine));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private Task MetricsAsync(HttpContext context) => TellLoadAsync(
        context,
        "text/plain; version=0.0.4; charset=utf-8",
        engine => engine.MetricsFace == MetricsFace.Sglang
            ? MetricsText.OfSglang(engine, options.Model)
            : MetricsText.OfVllm(engine, options.Model, [.. context.Request.Query["name[]"].OfType<string>()]));

    private Task LoadsAsync(HttpContext context) => TellLoadAsync(
        context, "application/json", static engine => engine.MetricsFace == MetricsFace.Sglang ? MetricsText.LoadsOf(engine) : null);

    private async Task TellLoadAsync(HttpContext context, string contentType, Func<HostedEngine, string?> textOf)
    {
        if (FindEngine(context) is not { } engine)
        {
            return;
        }

        if (engine.MetricsFault is MetricsFault.Slow or MetricsFault.Frozen)
        {
            TimeSpan late = engine.MetricsFault == MetricsFault.Slow ? TimeSpan.FromSeconds(2) : Timeout.InfiniteTimeSpan;
            await Task.Delay(late, options.TimeProvider, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        string? text = engine.MetricsFault == MetricsFault.Garbage ? "\0{{{" : textOf(engine);
        if (text is null || engine.MetricsFault == MetricsFault.Error)
        {
            context.Response.StatusCode = text is null ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
