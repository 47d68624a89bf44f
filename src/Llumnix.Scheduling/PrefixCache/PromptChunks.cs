using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Hashes the complete chunks of a prompt for a <see cref="PromptPrefix"/>. The hashes are the same in every process of one version.</summary>
public static class PromptChunks
{
    /// <summary>Number of a prompt's complete chunks, of those that count.</summary>
    /// <param name="length">The prompt's length, not negative.</param>
    /// <param name="chunkLength">A chunk's length in the same unit, at least 1.</param>
    public static int CountOf(int length, int chunkLength) => Math.Min(length / chunkLength, PromptPrefix.MaxChunks);

    /// <summary>Hashes chunks of token ids.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="chunkTokens">Tokens per chunk, at least 1.</param>
    /// <param name="hashes">Receives as many hashes as it has room for; the prompt must have so many complete chunks.</param>
    public static void Hash(ReadOnlySpan<uint> prompt, int chunkTokens, Span<ulong> hashes) =>
        Hash(MemoryMarshal.AsBytes(prompt), chunkTokens * sizeof(uint), hashes);

    /// <summary>Hashes chunks of bytes.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="chunkBytes">Bytes per chunk, at least 1.</param>
    /// <param name="hashes">Receives as many hashes as it has room for; the prompt must have so many complete chunks.</param>
    public static void Hash(ReadOnlySpan<byte> prompt, int chunkBytes, Span<ulong> hashes)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = XxHash3.HashToUInt64(prompt.Slice(i * chunkBytes, chunkBytes));
        }
    }
}
