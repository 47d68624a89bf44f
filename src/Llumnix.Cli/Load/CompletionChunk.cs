using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>An event of a completion's stream, of <c>/v1/completions</c> or <c>/v1/chat/completions</c>, as far as it matters here.</summary>
internal sealed record CompletionChunk
{
    public IReadOnlyList<ChunkChoice?>? Choices { get; init; }

    public ChunkUsage? Usage { get; init; }

    /// <summary>An error in the place of a chunk: an object with a message, or a text.</summary>
    public JsonElement? Error { get; init; }

    /// <summary><c>error</c> where the error has no object of its own.</summary>
    public string? Object { get; init; }

    /// <summary>The text of such an error.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>Whether a token came with it. The first chunk of a chat has the role only, the last one of any stream the usage.</summary>
    public bool HasContent => Choices?.Any(static choice => choice?.HasContent == true) == true;

    /// <summary>Why the stream ends; null while it goes on.</summary>
    public string? FinishReason => Choices?.Select(static choice => choice?.FinishReason).LastOrDefault(static reason => !string.IsNullOrEmpty(reason));

    /// <summary>What the engine says went wrong; null when nothing did.</summary>
    public string? Failure =>
        Error is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } error ? Text(error)
        : Object == "error" ? Text(Message)
        : FinishReason is "error" or "abort" ? $"finish_reason {FinishReason}"
        : null;

    private static string Text(JsonElement? error) => error switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Object } holder when holder.TryGetProperty("message", out JsonElement message) => Text(message),
        { } other => other.GetRawText(),
        null => "no message",
    };
}
