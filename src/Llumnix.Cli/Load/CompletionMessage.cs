namespace Llumnix.Cli.Load;

/// <summary>The body of <c>/v1/completions</c>.</summary>
internal sealed record CompletionMessage
{
    public required string Model { get; init; }

    /// <summary>A text, or token ids as <c>uint[]</c>.</summary>
    public required object Prompt { get; init; }

    public required int MaxTokens { get; init; }

    public required bool Stream { get; init; }

    /// <summary>Whether to go on to <see cref="MaxTokens"/> past end tokens, for engines with this extension; null: not sent.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>Number of tokens before which no end token ends the stream, for engines with this extension; null: not sent.</summary>
    public int? MinTokens { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public double? Temperature { get; init; }
}
