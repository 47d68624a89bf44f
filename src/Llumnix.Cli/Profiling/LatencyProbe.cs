using System.Net;
using System.Net.Http.Headers;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Http;

namespace Llumnix.Cli.Profiling;

/// <summary>Sends prompts of an exact length to an OpenAI-compatible endpoint and records the times of the tokens.</summary>
/// <remarks>Requests may overlap in time but must be started one after the other.</remarks>
internal sealed class LatencyProbe(HttpClient http, Uri endpoint, string model, string? apiKey, Random random, TimeProvider time)
{
    /// <summary>From here on token ids exist in every tokenizer and are ordinary tokens in each.</summary>
    private const int FirstTokenId = 1000;
    private const int TokenIds = 20_000;

    private readonly Uri _completions = new(endpoint, "/v1/completions");

    /// <summary>Streams one completion of a fresh prompt, which no prefix cache can hold.</summary>
    /// <returns>The tokens' times, or why they are not a measurement.</returns>
    /// <exception cref="ProfileException">The endpoint cannot be measured at all: it is unreachable, or rejects requests of this kind.</exception>
    public async Task<ProbeAnswer> StreamAsync(int promptTokens, int outputTokens, CancellationToken cancellation)
    {
        using HttpRequestMessage message = Message(promptTokens, outputTokens);
        long start = time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return await RefuseAsync(response, promptTokens, cancellation);
            }

            var recorder = new StreamRecorder(promptTokens, outputTokens);
            return recorder.Finish(await CompletionStream.ReadAsync(
                response.Content, chunk => recorder.Take(chunk, time.GetElapsedTime(start).TotalMilliseconds), cancellation));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw ProfileException.OfCall(_completions, exception);
        }
    }

    /// <summary>
    /// Times a request for -1 tokens, which the engine refuses without computing: the overhead that the network, the HTTP server and parsing the
    /// prompt add to every request of this size.
    /// </summary>
    /// <returns>Milliseconds; null when the engine does not refuse it.</returns>
    /// <exception cref="ProfileException">The endpoint is unreachable.</exception>
    public async Task<double?> RefusalAsync(int promptTokens, CancellationToken cancellation)
    {
        using HttpRequestMessage message = Message(promptTokens, outputTokens: -1);
        long start = time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            double elapsed = time.GetElapsedTime(start).TotalMilliseconds;
            if (response.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity))
            {
                return null;
            }

            await AnswerText.ReadAsync(response.Content, cancellation);
            return elapsed;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw ProfileException.OfCall(_completions, exception);
        }
    }

    private HttpRequestMessage Message(int promptTokens, int outputTokens) => new(HttpMethod.Post, _completions)
    {
        Headers = { Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey) },
        Content = JsonBody.From(Body(promptTokens, outputTokens), LoadJsonContext.Default.CompletionMessage),
    };

    /// <summary>
    /// An error that may depend on the request's size, or be temporary, only costs the cell; any other error would recur for every cell.
    /// </summary>
    private async Task<ProbeAnswer> RefuseAsync(HttpResponseMessage response, int promptTokens, CancellationToken cancellation)
    {
        int status = (int)response.StatusCode;
        string text = response.Headers.Location is { } target
            ? $"a redirect to {HttpAddress.Show(target)}; give the address that it leads to"
            : await AnswerText.ReadAsync(response.Content, cancellation);
        string reason = $"{HttpAddress.Show(_completions)} answered {status} to {promptTokens} prompt tokens{(text.Length > 0 ? ": " + text : "")}";
        return status is 400 or 408 or 413 or 422 or 429 or >= 500 ? ProbeAnswer.Refused(reason) : throw new ProfileException(reason);
    }

    private CompletionMessage Body(int promptTokens, int outputTokens)
    {
        uint[] prompt = new uint[promptTokens];
        foreach (ref uint token in prompt.AsSpan())
        {
            token = (uint)(FirstTokenId + random.Next(TokenIds));
        }

        return new CompletionMessage
        {
            Model = model,
            Prompt = prompt,
            MaxTokens = outputTokens,
            Stream = true,
            IgnoreEos = true,
            MinTokens = outputTokens > 0 ? outputTokens : null,
            StreamOptions = new StreamOptions(IncludeUsage: true, ContinuousUsageStats: true),
            Temperature = 0,
        };
    }
}
