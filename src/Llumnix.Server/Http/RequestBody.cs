using System.Buffers;
using System.IO.Pipelines;

namespace Llumnix.Server.Http;

/// <summary>Reads the whole body of a request and parses it in place, without a copy.</summary>
internal static class RequestBody
{
    [ThreadStatic]
    private static ParsedRequest? _spare;

    /// <summary>Reads and parses; synchronously when the body has already arrived, as it has for nearly every request.</summary>
    internal static ValueTask<ParsedRequest> ReadAsync(HttpRequest http, int maxBytes)
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

    /// <summary>Gives a parsed request back for reuse by this thread.</summary>
    internal static void Return(ParsedRequest request) => _spare = request;

    private static async ValueTask<ParsedRequest> ReadRestAsync(HttpRequest http, ValueTask<ReadResult> reading, int maxBytes)
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

    private static ParsedRequest Parse(PipeReader body, ReadOnlySequence<byte> json)
    {
        ParsedRequest request = Rent();
        SchedulingRequestReader.Read(in json, request);
        body.AdvanceTo(json.End);
        return request;
    }

    private static ParsedRequest TooLarge(int maxBytes)
    {
        ParsedRequest request = Rent();
        request.Clear();
        request.Error = $"the body is larger than {maxBytes} bytes";
        return request;
    }

    private static ParsedRequest Rent()
    {
        ParsedRequest request = _spare ?? new ParsedRequest();
        _spare = null;
        return request;
    }
}
