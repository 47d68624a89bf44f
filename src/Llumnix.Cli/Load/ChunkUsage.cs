namespace Llumnix.Cli.Load;

/// <summary>The tokens of a request so far.</summary>
internal sealed record ChunkUsage
{
    public int? PromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    public PromptTokensDetails? PromptTokensDetails { get; init; }
}
