namespace Llumnix.EngineEmulator.Http;

/// <summary>What an engine needs to know of a prompt.</summary>
/// <param name="Tokens">Its length.</param>
/// <param name="ContentIds">Chained ids of its complete prefix blocks; empty when only the length is known.</param>
/// <param name="TokenIds">Its token ids, where it was given as such; else empty.</param>
internal readonly record struct Prompt(int Tokens, ReadOnlyMemory<ulong> ContentIds, ReadOnlyMemory<uint> TokenIds = default);
