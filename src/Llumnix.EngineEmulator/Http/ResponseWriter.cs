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
    private readonly byte[] _firstHead;
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
        (string first, string open, string close) = (request.Kind, request.Shape) switch
        {
            (_, AnswerShape.ToolCall) => ($"\"delta\":{{\"tool_calls\":[{{\"index\":0,{ToolCall()}", "\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"", "\"}}]}"),
            (ApiKind.Chat, _) => ("\"delta\":{\"content\":\"", "\"delta\":{\"content\":\"", "\"}"),
            _ => ("\"text\":\"", "\"text\":\"", "\""),
        };
        _firstHead = Encoding.UTF8.GetBytes($"data: {_head}{{\"index\":0,{first}{JsonStart} ");
        _tokenHead = Encoding.UTF8.GetBytes($"data: {_head}{{\"index\":0,{open} ");
        _tokenTail = Encoding.UTF8.GetBytes($"{close},\"logprobs\":null,\"finish_reason\":null}}]");
        _lastTail = $"{JsonEnd}{close},\"logprobs\":null,\"finish_reason\":\"{FinishReason}\"}}]";
    }

    /// <summary>Writes the beginning of a stream, before any token.</summary>
    public void WriteStart(IBufferWriter<byte> output)
    {
        if (_request.Kind == ApiKind.Chat)
        {
            Write(output, $"data: {_head}{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"\"}},\"logprobs\":null,\"finish_reason\":null}}]{UsageSoFar(0)}}}\n\n");
        }
    }

    /// <summary>Writes one token's chunk of a stream.</summary>
    public void WriteToken(IBufferWriter<byte> output, int number, bool last)
    {
        byte[] head = number == 1 ? _firstHead : _tokenHead;
        ReadOnlySpan<byte> tail = last ? Encoding.UTF8.GetBytes($"{_lastTail}{KvTransfer()}") : _tokenTail;
        Span<byte> span = output.GetSpan(head.Length + MaxDigits + tail.Length);
        head.CopyTo(span);
        Utf8Formatter.TryFormat(number, span[head.Length..], out int digits);
        tail.CopyTo(span[(head.Length + digits)..]);
        output.Advance(head.Length + digits + tail.Length);
        if (_request.ContinuousUsage)
        {
            Write(output, UsageSoFar(number));
        }

        output.Write("}\n\n"u8);
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

    /// <summary>Writes an error in place of the rest of a stream.</summary>
    public static void WriteError(IBufferWriter<byte> output) => output.Write(
        "data: {\"error\":{\"message\":\"provoked by x-emulator-fault\",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}}\n\ndata: [DONE]\n\n"u8);

    /// <summary>Writes the beginning of one token's chunk and not its end.</summary>
    public void WriteHalfToken(IBufferWriter<byte> output) => output.Write(_tokenHead);

    /// <summary>Writes the whole response of a request without streaming.</summary>
    public void WriteWhole(IBufferWriter<byte> output, int tokens)
    {
        var text = new StringBuilder();
        for (int i = 1; i <= tokens; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {i}");
        }

        text.Insert(0, JsonStart).Append(JsonEnd);
        string content = (_request.Kind, _request.Shape) switch
        {
            (_, AnswerShape.ToolCall) => $"\"message\":{{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{{{ToolCall()}{text}\"}}}}]}}",
            (ApiKind.Chat, _) => $"\"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}}",
            _ => $"\"text\":\"{text}\"",
        };
        Write(output, $"{_head}{{\"index\":0,{content},\"logprobs\":null,\"finish_reason\":\"{FinishReason}\"}}],{Usage(tokens)}{KvTransfer()}}}");
    }

    private string KvTransfer() => _kvTransfer() is { Length: > 0 } parameters ? $",\"kv_transfer_params\":{parameters}" : "";

    // The tokens are a text inside a JSON object, which is itself inside a JSON text.
    private string JsonStart => _request.Shape == AnswerShape.Text ? "" : "{\\\"tokens\\\":\\\"";

    private string JsonEnd => _request.Shape == AnswerShape.Text ? "" : "\\\"}";

    private string FinishReason => _request.Shape switch
    {
        AnswerShape.ToolCall => "tool_calls",
        AnswerShape.Json => "stop",
        _ => "length",
    };

    private string ToolCall() =>
        $"\"id\":\"call_{Escape(_request.Id)}\",\"type\":\"function\",\"function\":{{\"name\":\"{Escape(_request.ToolName)}\",\"arguments\":\"";

    private string UsageSoFar(int tokens) => _request.ContinuousUsage ? "," + Usage(tokens) : "";

    private string Usage(int tokens) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"usage\":{{\"prompt_tokens\":{_request.Prompt.Tokens},\"completion_tokens\":{tokens},\"total_tokens\":{(long)_request.Prompt.Tokens + tokens}}}");

    private static string Escape(string text) => JsonEncodedText.Encode(text).ToString();

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
