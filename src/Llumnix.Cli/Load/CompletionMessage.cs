using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>The body of <c>/v1/completions</c>; the prompt is a length, which is all that an emulated engine needs, or token ids.</summary>
internal sealed record CompletionMessage
{
    public required string Model { get; init; }

    /// <summary>A text, or token ids as <c>uint[]</c>.</summary>
    public object Prompt { get; init; } = "";

    /// <summary>The prompt's length where its content is not told; else null.</summary>
    public required int? PromptNumTokens { get; init; }

    public required int MaxTokens { get; init; }

    public required bool Stream { get; init; }

    public JsonElement? KvTransferParams { get; init; }

    /// <summary>Whether an engine that knows this extension goes on to <see cref="MaxTokens"/> whatever comes; null: not told.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>Tokens before an end token may end the stream, for engines that know this extension; null: not told.</summary>
    public int? MinTokens { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public double? Temperature { get; init; }
}
