namespace Llumnix.EngineEmulator.Engines;

/// <summary>What an engine has counted since its start.</summary>
/// <param name="PromptTokens">Prompt tokens of requests whose prefill has begun.</param>
/// <param name="CachedPromptTokens">The part of them that was in the prefix cache.</param>
/// <param name="GenerationTokens">Generated tokens.</param>
/// <param name="Preemptions">Preemptions.</param>
internal readonly record struct EngineCounters(long PromptTokens, long CachedPromptTokens, long GenerationTokens, long Preemptions);
