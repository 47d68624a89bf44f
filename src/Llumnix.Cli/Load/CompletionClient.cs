using System.Net;
using Llumnix.Gateway.Http;

namespace Llumnix.Cli.Load;

/// <summary>A client of a gateway's completions API.</summary>
internal sealed class CompletionClient(HttpClient http, GatewayLoadOptions options, LoadStatistics statistics)
{
    private readonly Uri _completions = new(options.Gateway, "/v1/completions");

    /// <summary>Sends a request and reads its stream to the end, recording the times of the tokens.</summary>
    /// <returns>The failure; null when the stream was complete.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="HttpRequestException">No connection, or a broken one.</exception>
    /// <exception cref="IOException">The connection broke amid the stream.</exception>
    public async Task<FailureKind?> StreamAsync(LoadRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _completions);
        message.Headers.TryAddWithoutValidation("x-request-id", request.Id);
        message.Content = JsonBody.From(BodyOf(request), LoadJsonContext.Default.CompletionMessage);
        using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return KindOf(response.StatusCode);
        }

        StreamEnd end = await CompletionStream.ReadAsync(response.Content, chunk => Take(chunk, request.Timeline), cancellation);
        return end.Failure is not null ? FailureKind.EngineError
            : !end.IsComplete ? FailureKind.Connection
            : request.Timeline.Tokens == 0 ? FailureKind.EngineError
            : null;
    }

    private static FailureKind KindOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => FailureKind.QueueFull,
        HttpStatusCode.NotFound => FailureKind.EngineNotFound,
        HttpStatusCode.ServiceUnavailable => FailureKind.Unavailable,
        HttpStatusCode.GatewayTimeout => FailureKind.Timeout,
        _ => FailureKind.EngineError,
    };

    private CompletionMessage BodyOf(LoadRequest request) => new()
    {
        Model = options.Model,
        Prompt = request.TokenIds,
        MaxTokens = request.Arrival.OutputTokens,
        Stream = true,
    };

    /// <returns>Always true: the rest of the stream is wanted.</returns>
    private bool Take(CompletionChunk chunk, RequestTimeline timeline)
    {
        bool isFirst = chunk.HasContent && timeline.OnTokens(1);
        if (isFirst | timeline.OnUsage(chunk.Usage?.CompletionTokens ?? 0))
        {
            statistics.OnFirstToken(timeline);
        }

        return true;
    }
}
