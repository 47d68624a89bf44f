using System.Buffers;
using System.Net.Http.Headers;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Profiling;

/// <summary>Sends prompts of an exact length to an OpenAI-compatible endpoint and takes the times of the tokens.</summary>
/// <remarks>Requests may be under way at the same time, but are to be started one after the other.</remarks>
internal sealed class LatencyProbe(HttpClient http, Uri endpoint, string model, string? apiKey, Random random, TimeProvider time)
{
    private const int BufferBytes = 4096;

    /// <summary>Token ids that every tokenizer has and that mean nothing special in any.</summary>
    private const int FirstTokenId = 1000;
    private const int TokenIds = 20_000;

    private readonly Uri _completions = new(endpoint, "/v1/completions");

    /// <summary>
    /// Streams one completion of a prompt that nobody has seen before.
    /// </summary>
    /// <returns>Milliseconds from the request to each output token.</returns>
    /// <exception cref="ProfileException">The endpoint refused, broke off or gave no token.</exception>
    public async Task<double[]> StreamAsync(int promptTokens, int outputTokens, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _completions);
        Authorize(message);
        message.Content = JsonBody.From(Body(promptTokens, outputTokens), LoadJsonContext.Default.CompletionMessage);
        long start = time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw new ProfileException($"{_completions} answered {(int)response.StatusCode} to {promptTokens} prompt tokens");
            }

            return await ReadAsync(response.Content, outputTokens, start, cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProfileException($"{_completions}: {exception.Message}", exception);
        }
    }

    /// <summary>Milliseconds of a request that needs no computing: what the network and HTTP add to every latency.</summary>
    /// <exception cref="ProfileException">The endpoint does not answer.</exception>
    public async Task<double> RoundTripAsync(CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, "/v1/models"));
            Authorize(message);
            using HttpResponseMessage response = await http.SendAsync(message, cancellation);
            await response.Content.LoadIntoBufferAsync(cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProfileException($"{endpoint}: {exception.Message}", exception);
        }

        return time.GetElapsedTime(start).TotalMilliseconds;
    }

    private void Authorize(HttpRequestMessage message) =>
        message.Headers.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);

    private async Task<double[]> ReadAsync(HttpContent content, int outputTokens, long start, CancellationToken cancellation)
    {
        var arrivals = new List<double>(outputTokens);
        var events = default(SseEventCounter);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using Stream stream = await content.ReadAsStreamAsync(cancellation);
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and int read)
            {
                double now = time.GetElapsedTime(start).TotalMilliseconds;
                for (int count = events.Count(buffer.AsSpan(0, read)); count > 0 && arrivals.Count < outputTokens; count--)
                {
                    arrivals.Add(now);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return events.IsDone && arrivals.Count > 0
            ? [.. arrivals]
            : throw new ProfileException($"{_completions} broke off after {arrivals.Count} tokens");
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
            PromptNumTokens = null,
            MaxTokens = outputTokens,
            Stream = true,
            IgnoreEos = true,
            Temperature = 0,
        };
    }
}
