namespace Llumnix.Gateway.Tokenization;

/// <summary>A prompt's tokens, as an engine counts them.</summary>
/// <param name="Count">Their number, 0 or above.</param>
/// <param name="Ids">Their ids; null when they were not asked for.</param>
internal sealed record TokenizedPrompt(int Count, IReadOnlyList<uint>? Ids);
