namespace Llumnix.Cli.Load;

/// <summary>How a stream of completion chunks ended.</summary>
/// <param name="IsComplete">Whether it came to its closing event without an error.</param>
/// <param name="Failure">What the engine sent that is no chunk; null when it sent nothing like it, as when the connection broke.</param>
internal readonly record struct StreamEnd(bool IsComplete, string? Failure);
