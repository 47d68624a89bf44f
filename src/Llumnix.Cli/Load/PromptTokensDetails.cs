namespace Llumnix.Cli.Load;

/// <summary>Details of <see cref="ChunkUsage.PromptTokens"/>.</summary>
internal sealed record PromptTokensDetails
{
    /// <summary>Prompt tokens that were found in a prefix cache.</summary>
    public int? CachedTokens { get; init; }
}
