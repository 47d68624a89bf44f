using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>The increment of a chat's message in a chunk.</summary>
internal sealed record ChunkDelta
{
    public string? Content { get; init; }

    public string? ReasoningContent { get; init; }

    public JsonElement? ToolCalls { get; init; }

    public bool HasContent => !string.IsNullOrEmpty(Content) || !string.IsNullOrEmpty(ReasoningContent) || ChunkChoice.IsFilled(ToolCalls);
}
