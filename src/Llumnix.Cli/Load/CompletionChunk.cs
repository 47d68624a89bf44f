using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>The used part of an event in the stream of <c>/v1/completions</c> or <c>/v1/chat/completions</c>.</summary>
internal sealed record CompletionChunk
{
    public IReadOnlyList<ChunkChoice?>? Choices { get; init; }

    public ChunkUsage? Usage { get; init; }

    /// <summary>An error in place of a chunk: an object with a message, or a text.</summary>
    public JsonElement? Error { get; init; }

    /// <summary><c>error</c> when the chunk itself is the error object.</summary>
    public string? Object { get; init; }

    /// <summary>The text of such an error.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>Whether the chunk has a token. The first chunk of a chat only has the role, the last one of any stream only the usage.</summary>
    public bool HasContent => Choices?.Any(static choice => choice?.HasContent == true) == true;

    /// <summary>Why the stream ends; null before its end.</summary>
    public string? FinishReason => Choices?.Select(static choice => choice?.FinishReason).LastOrDefault(static reason => !string.IsNullOrEmpty(reason));

    /// <summary>The engine's error; null when there is none.</summary>
    public string? Failure =>
        Error is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } error ? Text(error)
        : Object == "error" ? Text(Message)
        : FinishReason is "error" or "abort" ? $"finish_reason {FinishReason}"
        : null;

    private static string Text(JsonElement? error) => error switch
    {
        { ValueKind: JsonValueKind.String } text => Unescaped(text),
        { ValueKind: JsonValueKind.Object } holder when holder.TryGetProperty("message", out JsonElement message) => Text(message),
        { } other => other.GetRawText(),
        null => "no message",
    };

    /// <summary>The text, or as it came where its escapes are half of a pair of surrogates, which no string can hold.</summary>
    private static string Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText();
        }
    }
}
