using System.Globalization;
using System.Text.Json;
using Llumnix.EngineEmulator.Disaggregation;
using Llumnix.Scheduling.Instances;
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

    /// <returns>The engine's first rank; null as with <see cref="FindRanks"/>.</returns>
    private HostedEngine? FindEngine(HttpContext context) => FindRanks(context) is [HostedEngine first, ..] ? first : null;

    /// <returns>
    /// The engine's data-parallel ranks. None, and the connection is closed, when one of them has ended, as that of a process that is gone.
    /// </returns>
    private HostedEngine[] FindRanks(HttpContext context)
    {
        HostedEngine[] ranks = registry.RanksAt(context.Connection.LocalPort);
        if (ranks.Length > 0 && !Array.Exists(ranks, static rank => rank.HasEnded))
        {
            return ranks;
        }

        context.Abort();
        return [];
    }

    /// <summary>The rank that computes a request: the one that its header names, or that with the least load, in which a waiting request counts four times.</summary>
    /// <returns>Null when the header names a rank that is not here. An engine with one rank takes every request.</returns>
    private static HostedEngine? ChooseRank(HttpContext context, HostedEngine[] ranks)
    {
        if (ranks.Length == 1)
        {
            return ranks[0];
        }

        return int.TryParse(context.Request.Headers[DataParallelRank], NumberStyles.Integer, CultureInfo.InvariantCulture, out int asked)
            ? Array.Find(ranks, rank => rank.Metadata.DataParallelRank == asked)
            : ranks.MinBy(LoadOf);
    }

    private static int LoadOf(HostedEngine rank)
    {
        InstanceStatus status = rank.Status();
        return status.RunningRequestCount + (4 * status.WaitingRequestCount);
    }

    private async Task CompleteAsync(HttpContext context, ApiKind kind)
    {
        HostedEngine[] ranks = FindRanks(context);
        if (ranks.Length == 0)
        {
            return;
        }

        if (ChooseRank(context, ranks) is not { } engine)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, $"{DataParallelRank} names none of the {ranks.Length} ranks here");
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
        ranks => ranks[0].MetricsFace == MetricsFace.Sglang
            ? MetricsText.OfSglang(ranks, options.Model)
            : MetricsText.OfVllm(ranks, options.Model, [.. context.Request.Query["name[]"].OfType<string>()]));

    private Task LoadsAsync(HttpContext context) => TellLoadAsync(
        context, "application/json", static ranks => ranks[0].MetricsFace == MetricsFace.Sglang ? MetricsText.LoadsOf(ranks) : null);

    private async Task TellLoadAsync(HttpContext context, string contentType, Func<HostedEngine[], string?> textOf)
    {
        HostedEngine[] ranks = FindRanks(context);
        if (ranks.Length == 0)
        {
            return;
        }

        MetricsFault fault = ranks[0].MetricsFault;
        if (fault is MetricsFault.Slow or MetricsFault.Frozen)
        {
            TimeSpan late = fault == MetricsFault.Slow ? TimeSpan.FromSeconds(2) : Timeout.InfiniteTimeSpan;
            await Task.Delay(late, options.TimeProvider, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        string? text = fault == MetricsFault.Garbage ? "\0{{{" : textOf(ranks);
        if (text is null || fault == MetricsFault.Error)
        {
            context.Response.StatusCode = text is null ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
