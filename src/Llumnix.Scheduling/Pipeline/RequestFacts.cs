using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>What a decision knows of its request.</summary>
/// <param name="PromptTokens">Prompt length in tokens, not negative.</param>
/// <param name="PrefixHits">How much of the prompt each instance holds; null when nothing is known.</param>
public readonly record struct RequestFacts(int PromptTokens, PrefixHits? PrefixHits = null);
