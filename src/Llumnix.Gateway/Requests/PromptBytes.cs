using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Gateway.Requests;

/// <summary>Identifies the beginning of a prompt by the bytes of its JSON, for schedulers that estimate prefix hits, where no token ids are known.</summary>
/// <remarks>
/// A conversation's next request repeats the messages before byte by byte, as clients write them. All gateways of a fleet must cut alike.
/// </remarks>
internal static class PromptBytes
{
    /// <summary>Bytes per chunk, some 256 tokens of English text.</summary>
    internal const int ChunkBytes = 1024;

    /// <summary>Hashes the complete chunks of a prompt.</summary>
    /// <param name="prompt">The value of <c>messages</c>, <c>prompt</c> or <c>input</c>; empty when there is none.</param>
    /// <param name="promptTokens">Its length in tokens, as far as is known.</param>
    /// <returns>The prefix; empty for a prompt without a complete chunk or without tokens.</returns>
    public static PromptPrefix PrefixOf(ReadOnlySpan<byte> prompt, int promptTokens)
    {
        int count = PromptChunks.CountOf(prompt.Length, ChunkBytes);
        if (count == 0 || promptTokens <= 0)
        {
            return default;
        }

        ulong[] hashes = new ulong[count];
        PromptChunks.Hash(prompt, ChunkBytes, hashes);
        return new PromptPrefix(hashes, (double)promptTokens * ChunkBytes / prompt.Length);
    }
}
