using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>
/// The bytes of an engine's answers, made once. Each event is one chunk of HTTP, as servers of engines send it, and holds the mark once and
/// nothing else does, so that events are counted by one byte.
/// </summary>
internal static class StubAnswer
{
    /// <summary>The byte that each event holds once.</summary>
    internal const byte Mark = (byte)'~';

    private const string Common = """"id":"chatcmpl-0123456789abcdef0123456789abcdef","created":1764000000,"model":"stub"""";

    /// <summary>The head of a stream.</summary>
    internal static readonly byte[] StreamHead = Bytes(
        "HTTP/1.1 200 OK\r\ndate: Thu, 26 Nov 2026 12:00:00 GMT\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");

    /// <summary>One event with a token.</summary>
    internal static readonly byte[] Event = Chunk(
        $$"""data: {{{Common}},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" word~"},"logprobs":null,"finish_reason":null}]}""");

    /// <summary>The event that tells the usage, for those who ask for it.</summary>
    internal static readonly byte[] Usage = Chunk(
        $$$"""data: {{{{Common}}},"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":32,"total_tokens":232,"completion_tokens":200}}""");

    /// <summary>The end of a stream.</summary>
    internal static readonly byte[] StreamEnd = [.. Chunk("data: [DONE]"), .. "0\r\n\r\n"u8];

    /// <summary>An answer that is no stream.</summary>
    internal static readonly byte[] Whole = MakeWhole();

    /// <summary>Reads a shape from a request's head.</summary>
    /// <returns>Events, events per write, and milliseconds between writes.</returns>
    internal static (int Events, int PerWrite, int IntervalMs) ShapeIn(ReadOnlySpan<byte> head)
    {
        int at = head.IndexOf("x-stub: "u8);
        if (at < 0)
        {
            throw new IOException("The request does not say what is to be answered.");
        }

        ReadOnlySpan<byte> text = head[(at + "x-stub: ".Length)..];
        Span<int> numbers = stackalloc int[3];
        foreach (ref int number in numbers)
        {
            if (!Utf8Parser.TryParse(text, out number, out int length))
            {
                throw new IOException("The shape cannot be read.");
            }

            text = text[(length + 1)..];
        }

        return (numbers[0], numbers[1], numbers[2]);
    }

    private static byte[] MakeWhole()
    {
        string body = $$$"""{{{{Common}}},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Rayleigh scattering.~"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":32,"total_tokens":37,"completion_tokens":5}}""";
        return Bytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\ndate: Thu, 26 Nov 2026 12:00:00 GMT\r\nserver: uvicorn\r\ncontent-length: {body.Length}\r\ncontent-type: application/json\r\n\r\n{body}"));
    }

    private static byte[] Chunk(string line) => Bytes(string.Create(CultureInfo.InvariantCulture, $"{line.Length + 2:x}\r\n{line}\n\n\r\n"));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
