namespace Llumnix.EngineEmulator.Http;

/// <summary>A parsed prompt.</summary>
/// <param name="Tokens">Its length in tokens.</param>
/// <param name="ContentIds">Chained ids of its complete prefix blocks; empty when only the length is known.</param>
/// <param name="TokenIds">Its token ids; empty when it was given as text or as a length.</param>
internal readonly record struct Prompt(int Tokens, ReadOnlyMemory<ulong> ContentIds, ReadOnlyMemory<uint> TokenIds = default);
