using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Benchmarks;

/// <summary>Prompts of 32,768 tokens in 128 chunks, in turn, for schedulers that estimate prefix hits from their placements.</summary>
internal sealed class LongPrompts
{
    internal const int Tokens = Chunks * ChunkTokens;
    private const int Chunks = 128;
    private const int ChunkTokens = 256;
    private readonly PromptPrefix[] _prompts;
    private int _next;

    private LongPrompts(int count, Func<int, int> sharedChunksOf) =>
        _prompts = [.. Enumerable.Range(0, count).Select(prompt => PromptOf(prompt, sharedChunksOf(prompt)))];

    /// <summary>Conversations that share the first two chunks.</summary>
    internal static LongPrompts Conversations(int count) => new(count, static _ => 2);

    /// <summary>Prompts that leave a common one at each of its chunks, so that each chunk of a prompt is held by other instances than the next one.</summary>
    internal static LongPrompts Branches(int count) => new(count, static prompt => prompt % Chunks);

    internal PromptPrefix Next() => _prompts[_next++ % _prompts.Length];

    private static PromptPrefix PromptOf(int prompt, int sharedChunks) => new(
        Enumerable.Range(0, Chunks).Select(chunk => (ulong)(chunk < sharedChunks ? chunk : (1000 * (prompt + 1)) + chunk)).ToArray(), ChunkTokens);
}
