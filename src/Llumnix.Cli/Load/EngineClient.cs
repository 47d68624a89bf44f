using System.Text.Json;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>The gateway's side of an engine's completions API.</summary>
internal sealed class EngineClient(HttpClient http, string model, LoadStatistics statistics)
{
    private static readonly JsonElement RemoteDecode = JsonDocument.Parse("""{"do_remote_decode":true}""").RootElement;

    /// <summary>Sends a request and reads its stream to the end, recording the times of the tokens.</summary>
    /// <param name="engine">Where the engine is.</param>
    /// <param name="request">The request.</param>
    /// <param name="kvTransferParams">The location of the prompt's KV cache, from the prefill instance; null when this engine computes it.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <param name="onFirstToken">Called with the first token.</param>
    /// <returns>The failure; null when the stream was complete.</returns>
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

    /// <summary>Makes the engine compute the prompt's KV cache and keep it for a decode instance.</summary>
    /// <returns>The kv_transfer_params; null when the engine answered with an error or without them.</returns>
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

    /// <returns>Always true: the rest of the stream is wanted.</returns>
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
