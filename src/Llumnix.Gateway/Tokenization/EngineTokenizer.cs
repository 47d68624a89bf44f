using System.Buffers;
using System.Net;
using System.Text.Json;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Gateway.Tokenization;

/// <summary>
/// Has engines tokenize prompts: <c>/tokenize</c> takes the client's own body and applies the same chat template as the completion will. The engines
/// take turns. One that fails is not asked for a while. Safe for concurrent use.
/// </summary>
/// <param name="directory">The engines.</param>
/// <param name="connections">The connections to them.</param>
/// <param name="access">What engines are shown to let the gateway in.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineTokenizer(EngineDirectory directory, HttpMessageInvoker connections, EngineAccess access, TimeProvider time)
{
    /// <summary>How long a request waits at most for its tokens.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private const int BufferBytes = 16 * 1024;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private readonly RestingEngines _resting = new(Rest, time, NullLogger<RestingEngines>.Instance);
    private int _turn;

    /// <summary>Whether a prompt can be tokenized: the messages of a chat, or the one text of a completion.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="prompt">The value of <c>messages</c> or <c>prompt</c>.</param>
    public static bool Covers(string path, ReadOnlySpan<byte> prompt) => prompt.Length > 0
        && ((path == "/v1/chat/completions" && prompt[0] == (byte)'[') || (path == "/v1/completions" && prompt[0] == (byte)'"'));

    /// <summary>Asks an engine for the tokens of a prompt.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="model">Its model; empty for any.</param>
    /// <param name="wantsIds">Whether the ids are needed, or only their number.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What came of it; the tokens are null unless the outcome is <see cref="TokenizeOutcome.Exact"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<(TokenizeOutcome Outcome, TokenizedPrompt? Prompt)> TokenizeAsync(
        HttpRequest request, RequestBody body, string model, bool wantsIds, CancellationToken cancellation)
    {
        if (Choose(model) is not { } engine)
        {
            return (TokenizeOutcome.NoEngine, null);
        }

        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        (TokenizeOutcome Outcome, TokenizedPrompt? Prompt) answer;
        try
        {
            answer = await AskAsync(request, body, engine, wantsIds, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            answer = (TokenizeOutcome.TimedOut, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            answer = (TokenizeOutcome.Failed, null);
        }

        if (answer.Outcome is TokenizeOutcome.Exact or TokenizeOutcome.Refused)
        {
            _resting.OnAnswered(engine.Id);
        }
        else
        {
            _resting.OnRefused(engine.Id);
        }

        return answer;
    }

    private EngineTarget? Choose(string model)
    {
        IReadOnlyList<EngineTarget> engines = directory.Engines;
        IReadOnlyCollection<string> resting = _resting.Current();
        uint first = (uint)Interlocked.Increment(ref _turn);
        for (int i = 0; i < engines.Count; i++)
        {
            EngineTarget engine = engines[(int)((first + (uint)i) % (uint)engines.Count)];
            if (engine.Serves(model) && !resting.Contains(engine.Id))
            {
                return engine;
            }
        }

        return null;
    }

    private async Task<(TokenizeOutcome Outcome, TokenizedPrompt? Prompt)> AskAsync(
        HttpRequest request, RequestBody body, EngineTarget engine, bool wantsIds, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, engine.ToUri("/tokenize"))
        {
            Content = new PatchedContent([body.Memory], body),
            Version = HttpVersion.Version11,
        };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        access.AddTo(message);
        if (access.ShowsClients && request.Headers.Authorization is { Count: > 0 } authorization)
        {
            message.Headers.TryAddWithoutValidation("Authorization", authorization.ToString());
        }

        using HttpResponseMessage response = await connections.SendAsync(message, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity ? TokenizeOutcome.Refused : TokenizeOutcome.Failed, null);
        }

        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        TokenizedPrompt? prompt = await ReadAsync(stream, wantsIds, cancellation);
        return (prompt is null ? TokenizeOutcome.Failed : TokenizeOutcome.Exact, prompt);
    }

    private static async Task<TokenizedPrompt?> ReadAsync(Stream answer, bool wantsIds, CancellationToken cancellation)
    {
        var reader = new TokenizeAnswerReader(wantsIds);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int held = 0;
            while (true)
            {
                int read = await answer.ReadAsync(buffer.AsMemory(held), cancellation);
                held += read;
                int used = reader.Read(buffer.AsSpan(0, held), isLast: read == 0);
                if (read == 0)
                {
                    return reader.Result();
                }

                held -= used;
                buffer.AsSpan(used, held).CopyTo(buffer);
                if (held == buffer.Length)
                {
                    // One value that is longer than the buffer: it is not an answer of tokens.
                    return null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
