namespace Llumnix.EngineEmulator.Engines;

/// <summary>What an engine has counted since its start.</summary>
/// <param name="PromptTokens">Prompt tokens of requests that have had their first token.</param>
/// <param name="PrefixQueriedTokens">Prompt tokens that the prefix cache was searched for: those of requests whose prefill has begun.</param>
/// <param name="CachedPromptTokens">Those of them that were found.</param>
/// <param name="GenerationTokens">Generated tokens.</param>
/// <param name="Preemptions">Preemptions.</param>
internal readonly record struct EngineCounters(
    long PromptTokens, long PrefixQueriedTokens, long CachedPromptTokens, long GenerationTokens, long Preemptions);
