using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Llumnix.EngineEmulator.Http;

/// <summary>
/// Writes one request's response. Constant parts are formatted once, as bytes, so that a token costs a copy and the digits of its number. The text of
/// the n-th token is a blank and n, so that a client can detect lost and repeated tokens.
/// </summary>
internal sealed class ResponseWriter
{
    private const int MaxDigits = 10;

    private readonly CompletionRequest _request;
    private readonly Func<string> _kvTransfer;
    private readonly string _head;
    private readonly byte[] _tokenHead;
    private readonly byte[] _tokenTail;
    private readonly string _lastTail;

    /// <param name="request">The request.</param>
    /// <param name="created">Seconds since the Unix epoch.</param>
    /// <param name="kvTransfer">Makes the JSON of the <c>kv_transfer_params</c> to return; called at the end; empty = none.</param>
    public ResponseWriter(CompletionRequest request, long created, Func<string> kvTransfer)
    {
        _request = request;
        _kvTransfer = kvTransfer;
        string kind = (request.Kind, request.Stream) switch
        {
            (ApiKind.Completion, _) => "text_completion",
            (ApiKind.Chat, true) => "chat.completion.chunk",
            _ => "chat.completion",
        };
        _head = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"id\":\"{Escape(request.ResponseId)}\",\"object\":\"{kind}\",\"created\":{created},\"model\":\"{Escape(request.Model)}\",\"choices\":[");
        (string open, string close) = request.Kind == ApiKind.Chat ? ("\"delta\":{\"content\":\" ", "\"}") : ("\"text\":\" ", "\"");
        _tokenHead = Encoding.UTF8.GetBytes($"data: {_head}{{\"index\":0,{open}");
        _tokenTail = Encoding.UTF8.GetBytes($"{close},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n");
        _lastTail = $"{close},\"logprobs\":null,\"finish_reason\":\"length\"}}]";
    }

    /// <summary>Writes the beginning of a stream, before any token.</summary>
    public void WriteStart(IBufferWriter<byte> output)
    {
        if (_request.Kind == ApiKind.Chat)
        {
            Write(output, $"data: {_head}{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n");
        }
    }

    /// <summary>Writes one token's chunk of a stream.</summary>
    public void WriteToken(IBufferWriter<byte> output, int number, bool last)
    {
        byte[] tail = last ? Encoding.UTF8.GetBytes($"{_lastTail}{KvTransfer()}}}\n\n") : _tokenTail;
        Span<byte> span = output.GetSpan(_tokenHead.Length + MaxDigits + tail.Length);
        _tokenHead.CopyTo(span);
        Utf8Formatter.TryFormat(number, span[_tokenHead.Length..], out int digits);
        tail.CopyTo(span[(_tokenHead.Length + digits)..]);
        output.Advance(_tokenHead.Length + digits + tail.Length);
    }

    /// <summary>Writes the end of a stream.</summary>
    public void WriteEnd(IBufferWriter<byte> output, int tokens)
    {
        if (_request.IncludeUsage)
        {
            Write(output, $"data: {_head}],{Usage(tokens)}}}\n\n");
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Writes the whole response of a request without streaming.</summary>
    public void WriteWhole(IBufferWriter<byte> output, int tokens)
    {
        var text = new StringBuilder();
        for (int i = 1; i <= tokens; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {i}");
        }

        string content = _request.Kind == ApiKind.Chat ? $"\"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}}" : $"\"text\":\"{text}\"";
        Write(output, $"{_head}{{\"index\":0,{content},\"logprobs\":null,\"finish_reason\":\"length\"}}],{Usage(tokens)}{KvTransfer()}}}");
    }

    private string KvTransfer() => _kvTransfer() is { Length: > 0 } parameters ? $",\"kv_transfer_params\":{parameters}" : "";

    private string Usage(int tokens) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"usage\":{{\"prompt_tokens\":{_request.Prompt.Tokens},\"completion_tokens\":{tokens},\"total_tokens\":{(long)_request.Prompt.Tokens + tokens}}}");

    private static string Escape(string text) => JsonEncodedText.Encode(text).ToString();

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
