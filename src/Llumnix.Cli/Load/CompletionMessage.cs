using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>The body of <c>/v1/completions</c>; the prompt is only a length, which is all that an emulated engine looks at.</summary>
internal sealed record CompletionMessage
{
    public required string Model { get; init; }

    public string Prompt { get; init; } = "";

    public required int PromptNumTokens { get; init; }

    public required int MaxTokens { get; init; }

    public required bool Stream { get; init; }

    public JsonElement? KvTransferParams { get; init; }
}
