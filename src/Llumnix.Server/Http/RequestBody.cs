using System.Buffers;
using System.IO.Pipelines;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.Http;

/// <summary>Reads the body of a request into a message: in place when it has arrived already, in pieces when it is large.</summary>
internal static class RequestBody<TMessage>
    where TMessage : class, IRequestMessage, new()
{
    [ThreadStatic]
    private static TMessage? _spare;

    /// <summary>Reads and parses a body that has already arrived, as nearly every body has.</summary>
    /// <param name="http">The request.</param>
    /// <param name="reading">The pending read when the body is incomplete, for <see cref="ReadRestAsync"/>.</param>
    /// <returns>The message; null when the body is incomplete.</returns>
    internal static TMessage? TryRead(HttpRequest http, out ValueTask<ReadResult> reading)
    {
        reading = default;
        if (http.ContentLength > BodyBounds.MaxBytes)
        {
            return TooLarge();
        }

        // Reads end with the connection by themselves. Cancelling one by a token would leave the server in the middle of this body.
        PipeReader body = http.BodyReader;
        reading = body.ReadAsync(CancellationToken.None);
        if (!reading.IsCompletedSuccessfully)
        {
            return null;
        }

        ReadResult result = reading.Result;
        if (IsComplete(http, in result))
        {
            return Parse(body, result.Buffer);
        }

        body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        reading = body.ReadAsync(CancellationToken.None);
        return null;
    }

    /// <summary>Reads the rest of a body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="reading">The pending read.</param>
    /// <param name="share">Takes the memory for the body.</param>
    /// <param name="turns">Held while a piece of a large body is parsed, so that all large bodies together use one processor at most.</param>
    /// <returns>The message; null when there is no memory for it.</returns>
    internal static async ValueTask<TMessage?> ReadRestAsync(
        HttpRequest http, ValueTask<ReadResult> reading, BodyShare share, SemaphoreSlim turns)
    {
        PipeReader body = http.BodyReader;
        while (true)
        {
            ReadResult result = await reading;
            if (!share.TryGrowTo(result.Buffer.Length))
            {
                body.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.Buffer.Length > BodyBounds.MaxBytesAtOnce)
            {
                return await ReadPiecesAsync(http, result, share, turns);
            }

            if (IsComplete(http, in result))
            {
                return Parse(body, result.Buffer);
            }

            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            reading = body.ReadAsync(CancellationToken.None);
        }
    }

    /// <summary>Keeps a message for reuse by this thread.</summary>
    internal static void Return(TMessage request)
    {
        request.Clear();
        _spare = request;
    }

    private static async ValueTask<TMessage?> ReadPiecesAsync(HttpRequest http, ReadResult result, BodyShare share, SemaphoreSlim turns)
    {
        TMessage message = Rent();
        bool isWhole = false;
        try
        {
            isWhole = await TryReadPiecesAsync(http, result, message, share, turns);
        }
        finally
        {
            if (!isWhole)
            {
                Return(message);
            }
        }

        return isWhole ? message : null;
    }

    /// <returns>False when there is no memory.</returns>
    private static async ValueTask<bool> TryReadPiecesAsync(
        HttpRequest http, ReadResult result, TMessage message, BodyShare share, SemaphoreSlim turns)
    {
        PipeReader body = http.BodyReader;
        for (long done = 0; ;)
        {
            long arrived = done + result.Buffer.Length;
            bool isLast = result.IsCompleted || arrived == http.ContentLength;
            if (!share.TryGrowTo(result.Buffer.Length + message.ParsedBytes))
            {
                body.AdvanceTo(result.Buffer.End);
                return false;
            }

            int read = arrived > BodyBounds.MaxBytes ? 0 : await ReadPieceAsync(message, result.Buffer, isLast, turns);
            message.Error ??= arrived > BodyBounds.MaxBytes ? BodyBounds.TooLargeText
                : !isLast && result.Buffer.Length - read > BodyBounds.MaxFieldBytes ? $"one part of the body is larger than {BodyBounds.MaxFieldBytes} bytes"
                : null;
            if (isLast || message.Error is not null)
            {
                body.AdvanceTo(result.Buffer.End);
                return true;
            }

            done += read;
            body.AdvanceTo(result.Buffer.GetPosition(read), result.Buffer.End);
            result = await body.ReadAsync(CancellationToken.None);
        }
    }

    private static async ValueTask<int> ReadPieceAsync(TMessage message, ReadOnlySequence<byte> piece, bool isLast, SemaphoreSlim turns)
    {
        // Queued behind waiting work, even when the turn is free at once.
        await Task.Yield();
        await turns.WaitAsync(CancellationToken.None);
        try
        {
            return Read(message, in piece, isLast);
        }
        finally
        {
            turns.Release();
        }
    }

    private static int Read(TMessage message, in ReadOnlySequence<byte> json, bool isLast)
    {
        if (json.IsSingleSegment)
        {
            return message.Read(json.FirstSpan, isLast);
        }

        // Copying costs much less than parsing across segment borders.
        byte[] whole = ArrayPool<byte>.Shared.Rent((int)json.Length);
        json.CopyTo(whole);
        int read = message.Read(whole.AsSpan(0, (int)json.Length), isLast);
        ArrayPool<byte>.Shared.Return(whole);
        return read;
    }

    private static bool IsComplete(HttpRequest http, in ReadResult result) =>
        result.IsCompleted || result.Buffer.Length == http.ContentLength;

    private static TMessage Parse(PipeReader body, ReadOnlySequence<byte> json)
    {
        TMessage request = Rent();
        Read(request, in json, isLast: true);
        body.AdvanceTo(json.End);
        return request;
    }

    private static TMessage TooLarge()
    {
        TMessage request = Rent();
        request.Error = BodyBounds.TooLargeText;
        return request;
    }

    private static TMessage Rent()
    {
        TMessage request = _spare ?? new TMessage();
        _spare = null;
        request.Clear();
        return request;
    }
}
