namespace Llumnix.EngineEmulator.Http;

/// <summary>Counts a prompt's tokens and makes the content ids of its prefix blocks. A word counts as a token.</summary>
/// <param name="blockSize">Tokens per content id.</param>
/// <param name="givesTextIds">Whether the words of a text get token ids, made from their hashes.</param>
internal sealed class PromptBuilder(int blockSize, bool givesTextIds = false)
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;
    private const uint VocabularySize = 128_000;
    private const int TokensPerImage = 256;

    private readonly List<ulong> _contentIds = [];
    private readonly List<uint> _tokenIds = [];
    private ulong _chain = FnvOffset;
    private int _tokens;

    public void AddToken(ulong token)
    {
        _chain = Mix((_chain ^ token) * FnvPrime);
        if (++_tokens % blockSize == 0)
        {
            _contentIds.Add(_chain);
        }
    }

    public void AddTokenId(uint id)
    {
        _tokenIds.Add(id);
        AddToken(id);
    }

    public void AddWords(ReadOnlySpan<char> text)
    {
        while (!(text = text.TrimStart()).IsEmpty)
        {
            int length = 0;
            ulong hash = FnvOffset;
            while (length < text.Length && !char.IsWhiteSpace(text[length]))
            {
                hash = (hash ^ text[length++]) * FnvPrime;
            }

            AddHash(hash);
            text = text[length..];
        }
    }

    /// <summary>Adds an image, which counts as a fixed number of tokens.</summary>
    public void AddImage(ReadOnlySpan<char> url)
    {
        ulong hash = FnvOffset;
        foreach (char character in url)
        {
            hash = (hash ^ character) * FnvPrime;
        }

        for (int i = 0; i < TokensPerImage; i++)
        {
            AddHash(hash);
        }
    }

    private void AddHash(ulong hash)
    {
        if (givesTextIds)
        {
            _tokenIds.Add((uint)(Mix(hash) % VocabularySize));
        }

        AddToken(hash);
    }

    public Prompt Build() => new(_tokens, _contentIds.ToArray(), _tokenIds.ToArray());

    // The finalizer of SplitMix64: token ids are small, and FNV alone would leave their high bits similar.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
