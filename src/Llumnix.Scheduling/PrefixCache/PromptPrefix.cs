namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// What identifies the beginning of a prompt for the <see cref="PrefixHistory"/>: a hash of each of its complete chunks. All prompts that are compared
/// must be cut in the same way. The default value identifies nothing.
/// </summary>
/// <param name="Chunks">
/// The chunks' hashes from the prompt's start, each of its chunk alone. No more than <see cref="MaxChunks"/> of them count. Must not change while a
/// decision reads them.
/// </param>
/// <param name="TokensPerChunk">Tokens of a chunk, above zero; an estimate where chunks are cut by bytes.</param>
public readonly record struct PromptPrefix(ReadOnlyMemory<ulong> Chunks, double TokensPerChunk)
{
    /// <summary>Largest number of chunks of a prompt that count.</summary>
    public const int MaxChunks = 4096;

    /// <summary>Whether nothing is identified.</summary>
    public bool IsEmpty => Chunks.IsEmpty;
}
