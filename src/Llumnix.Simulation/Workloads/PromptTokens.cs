namespace Llumnix.Simulation.Workloads;

/// <summary>Token ids for prompts whose blocks are only known by identity: equal blocks have equal tokens.</summary>
public static class PromptTokens
{
    /// <summary>Tokens that one content id stands for.</summary>
    public const int TokensPerContentId = 512;

    private const uint Vocabulary = 100_000;

    /// <summary>The prompt's token ids. Tokens that no content id covers differ from those of every other request.</summary>
    public static uint[] Of(RequestArrival arrival)
    {
        ReadOnlySpan<ulong> ids = arrival.ContentIds.Span;
        var tokens = new uint[arrival.PromptTokens];
        for (int i = 0; i < tokens.Length; i++)
        {
            int block = i / TokensPerContentId;
            ulong seed = block < ids.Length ? ids[block] : Mix((ulong)arrival.Offset.Ticks ^ 0x9e3779b97f4a7c15) + (ulong)block;
            tokens[i] = (uint)(Mix((seed * TokensPerContentId) + (ulong)(i % TokensPerContentId)) % Vocabulary);
        }

        return tokens;
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
