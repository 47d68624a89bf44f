using System.Buffers;
using System.IO.Pipelines;

namespace Llumnix.Server.Http;

/// <summary>Reads the whole body of a request and parses it in place, without a copy.</summary>
internal static class RequestBody<TMessage>
    where TMessage : class, IRequestMessage, new()
{
    [ThreadStatic]
    private static TMessage? _spare;

    /// <summary>Reads and parses; synchronously when the body has already arrived, as it has for nearly every request.</summary>
    internal static ValueTask<TMessage> ReadAsync(HttpRequest http, int maxBytes)
    {
        if (http.ContentLength > maxBytes)
        {
            return new(TooLarge(maxBytes));
        }

        PipeReader body = http.BodyReader;
        ValueTask<ReadResult> reading = body.ReadAsync(http.HttpContext.RequestAborted);
        if (!reading.IsCompletedSuccessfully)
        {
            return ReadRestAsync(http, reading, maxBytes);
        }

        ReadResult result = reading.Result;
        if (IsComplete(http, in result))
        {
            return new(Parse(body, result.Buffer));
        }

        body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        return ReadRestAsync(http, body.ReadAsync(http.HttpContext.RequestAborted), maxBytes);
    }

    /// <summary>Gives a message back for reuse by this thread.</summary>
    internal static void Return(TMessage request)
    {
        request.Clear();
        _spare = request;
    }

    private static async ValueTask<TMessage> ReadRestAsync(HttpRequest http, ValueTask<ReadResult> reading, int maxBytes)
    {
        PipeReader body = http.BodyReader;
        while (true)
        {
            ReadResult result = await reading;
            if (result.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(result.Buffer.End);
                return TooLarge(maxBytes);
            }

            if (IsComplete(http, in result))
            {
                return Parse(body, result.Buffer);
            }

            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            reading = body.ReadAsync(http.HttpContext.RequestAborted);
        }
    }

    private static bool IsComplete(HttpRequest http, in ReadResult result) =>
        result.IsCompleted || result.Buffer.Length == http.ContentLength;

    private static TMessage Parse(PipeReader body, ReadOnlySequence<byte> json)
    {
        TMessage request = Rent();
        request.Read(in json);
        body.AdvanceTo(json.End);
        return request;
    }

    private static TMessage TooLarge(int maxBytes)
    {
        TMessage request = Rent();
        request.Clear();
        request.Error = $"the body is larger than {maxBytes} bytes";
        return request;
    }

    private static TMessage Rent()
    {
        TMessage request = _spare ?? new TMessage();
        _spare = null;
        return request;
    }
}
