namespace Llumnix.Cli.Load;

/// <summary>The end of a stream of completion chunks.</summary>
/// <param name="IsComplete">Whether the closing event came, without an error before it.</param>
/// <param name="Failure">The engine's error in the stream; null when it sent none, as when the connection broke.</param>
internal readonly record struct StreamEnd(bool IsComplete, string? Failure);
