using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>A choice of a <see cref="CompletionChunk"/>.</summary>
internal sealed record ChunkChoice
{
    /// <summary>The text of a completion.</summary>
    public string? Text { get; init; }

    /// <summary>The increment of a chat's message.</summary>
    public ChunkDelta? Delta { get; init; }

    public JsonElement? TokenIds { get; init; }

    public string? FinishReason { get; init; }

    /// <summary>
    /// Whether the chunk has a token. A token may have no text of its own: part of a character, or a special token. Its id or the finish reason then
    /// shows it.
    /// </summary>
    public bool HasContent => !string.IsNullOrEmpty(Text) || Delta?.HasContent == true || IsFilled(TokenIds);

    internal static bool IsFilled(JsonElement? array) => array is { ValueKind: JsonValueKind.Array } filled && filled.GetArrayLength() > 0;
}
