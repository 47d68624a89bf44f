using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>Reads the server-sent events of a completion up to <c>[DONE]</c>, in bounded memory.</summary>
internal static class CompletionStream
{
    /// <summary>Largest number of bytes without a complete event. Token events have some hundreds.</summary>
    private const int MaxEventBytes = 1 << 20;

    private const string ErrorEvent = "error";
    private static readonly TimeSpan RestTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads until the end, an error, or the caller's stop.</summary>
    /// <param name="content">The body.</param>
    /// <param name="take">Receives each chunk as soon as it arrives; returns false to stop.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="HttpRequestException">The connection broke.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<StreamEnd> ReadAsync(HttpContent content, Func<CompletionChunk, bool> take, CancellationToken cancellation)
    {
        await using var limited = new EventLimitStream(await content.ReadAsStreamAsync(cancellation), MaxEventBytes);
        try
        {
            await foreach (SseItem<CompletionChunk?> item in SseParser.Create(limited, Parse).EnumerateAsync(cancellation))
            {
                limited.OnEvent();
                if (item.Data is not { } chunk)
                {
                    await ReadRestAsync(limited, cancellation);
                    return new StreamEnd(IsComplete: true, null);
                }

                if (chunk.Failure is { } failure)
                {
                    return new StreamEnd(IsComplete: false, failure);
                }

                if (!take(chunk))
                {
                    return new StreamEnd(IsComplete: false, null);
                }
            }
        }
        catch (InvalidDataException exception)
        {
            return new StreamEnd(IsComplete: false, exception.Message);
        }
        catch (JsonException)
        {
            return new StreamEnd(IsComplete: false, "an event that is no completion chunk");
        }

        return new StreamEnd(IsComplete: false, null);
    }

    /// <summary>Reads the rest of the body, since only a fully read connection is reused. Does not wait for a server that keeps it open.</summary>
    private static async Task ReadRestAsync(Stream stream, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RestTime);
        byte[] rest = new byte[256];
        try
        {
            while (await stream.ReadAsync(rest, limit.Token) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException or InvalidDataException)
        {
            // The chunks have all been read; only the reuse of the connection is lost.
        }
    }

    /// <returns>Null for the closing event.</returns>
    private static CompletionChunk? Parse(string eventType, ReadOnlySpan<byte> data)
    {
        if (data.TrimEnd((byte)' ').SequenceEqual("[DONE]"u8))
        {
            return null;
        }

        CompletionChunk chunk = JsonSerializer.Deserialize(data, LoadJsonContext.Default.CompletionChunk) ?? throw new JsonException();
        return eventType == ErrorEvent && chunk.Failure is null ? chunk with { Object = ErrorEvent } : chunk;
    }
}
