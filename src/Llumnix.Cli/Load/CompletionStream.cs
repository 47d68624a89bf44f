using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>Reads the server-sent events of a completion up to <c>[DONE]</c>. Its memory is bounded, whatever comes.</summary>
internal static class CompletionStream
{
    /// <summary>Bytes that may come without completing an event. Token events have some hundreds.</summary>
    private const int MaxEventBytes = 1 << 20;

    private const string ErrorEvent = "error";
    private static readonly TimeSpan RestTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads to the end, to an error, or until the caller has had enough.</summary>
    /// <param name="content">The body.</param>
    /// <param name="take">Takes each chunk as soon as it is there; false: no more is wanted.</param>
    /// <param name="cancellation">Ends the wait.</param>
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

    /// <summary>Only a connection that is read to its end serves the next request. A server that does not end it is not waited for.</summary>
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
            // All that was wanted is there.
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
