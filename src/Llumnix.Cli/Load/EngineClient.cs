using System.Text.Json;
using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>The gateway's side of an engine's completions API.</summary>
internal sealed class EngineClient(HttpClient http, string model, LoadStatistics statistics)
{
    private static readonly JsonElement RemoteDecode = JsonDocument.Parse("""{"do_remote_decode":true}""").RootElement;

    /// <summary>Sends a request and reads its stream to the end, taking note of the tokens' moments.</summary>
    /// <param name="engine">Where the engine is.</param>
    /// <param name="request">The request.</param>
    /// <param name="kvTransferParams">Where the prompt's KV cache is, from the prefill instance; null when the engine makes it itself.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="onFirstToken">Called with the first token.</param>
    /// <returns>What went wrong; null when the stream was complete.</returns>
    public async Task<FailureKind?> StreamAsync(
        Endpoint engine, LoadRequest request, JsonElement? kvTransferParams, CancellationToken cancellation, Action? onFirstToken = null)
    {
        CompletionMessage body = Body(request, request.Arrival.OutputTokens, stream: true, kvTransferParams);
        using HttpResponseMessage response = await SendAsync(engine, request.Id, body, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return FailureKind.EngineError;
        }

        StreamEnd end = await CompletionStream.ReadAsync(response.Content, chunk => Take(chunk, request.Timeline, onFirstToken), cancellation);
        return end.Failure is not null ? FailureKind.EngineError
            : !end.IsComplete ? FailureKind.Connection
            : request.Timeline.Tokens == 0 ? FailureKind.EngineError
            : null;
    }

    /// <summary>Has the engine make the prompt's KV cache and keep it for a decode instance.</summary>
    /// <returns>Its kv_transfer_params; null when the engine answered with an error or without them.</returns>
    public async Task<JsonElement?> PrefillAsync(Endpoint engine, LoadRequest request, CancellationToken cancellation)
    {
        CompletionMessage body = Body(request, maxTokens: 1, stream: false, RemoteDecode);
        using HttpResponseMessage response = await SendAsync(engine, request.Id, body, cancellation);
        return response.IsSuccessStatusCode
            ? (await JsonBody.ReadAsync(response.Content, LoadJsonContext.Default.CompletionAnswer, cancellation))?.KvTransferParams
            : null;
    }

    private async Task<HttpResponseMessage> SendAsync(
        Endpoint engine, string requestId, CompletionMessage body, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, engine.ToUri("/v1/completions"));
        message.Headers.TryAddWithoutValidation("x-request-id", requestId);
        message.Content = JsonBody.From(body, LoadJsonContext.Default.CompletionMessage);
        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private CompletionMessage Body(LoadRequest request, int maxTokens, bool stream, JsonElement? kvTransferParams) => new()
    {
        Model = model,
        Prompt = (object?)request.TokenIds ?? "",
        PromptNumTokens = request.TokenIds is null ? request.Arrival.PromptTokens : null,
        MaxTokens = maxTokens,
        Stream = stream,
        KvTransferParams = kvTransferParams,
    };

    /// <returns>True: whatever else comes is read, too.</returns>
    private bool Take(CompletionChunk chunk, RequestTimeline timeline, Action? onFirstToken)
    {
        bool isFirst = chunk.HasContent && timeline.OnTokens(1);
        if (isFirst | timeline.OnUsage(chunk.Usage?.CompletionTokens ?? 0))
        {
            statistics.OnFirstToken(timeline.Ttft);
            onFirstToken?.Invoke();
        }

        return true;
    }
}
