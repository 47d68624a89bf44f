namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Generates the chunk keys of one prompt in order. A key depends on all tokens up to the end of its chunk, so that equal keys mean equal prefixes.
/// Not thread-safe; the tokens must not change meanwhile.
/// </summary>
public abstract class ChunkKeys
{
    private protected ChunkKeys(ChunkKeyOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkSize, 1);
        Options = options;
    }

    /// <summary>Number of the prompt's keys.</summary>
    public int Count { get; private set; }

    /// <summary>Number of keys generated so far.</summary>
    public int Position { get; private set; }

    private protected ChunkKeyOptions Options { get; }

    /// <summary>Makes a generator, which can be reused for one prompt after another.</summary>
    public static ChunkKeys Create(ChunkKeyOptions options) => options.Algorithm switch
    {
        ChunkHashAlgorithm.Sha256Cbor => new Sha256CborChunkKeys(options),
        ChunkHashAlgorithm.Sha256Hex => new Sha256HexChunkKeys(options),
        _ => new XxHashChunkKeys(options),
    };

    /// <summary>Begins a new prompt.</summary>
    public void Begin(int promptTokens)
    {
        Position = 0;
        Count = (promptTokens / Options.ChunkSize)
            + (Options.IncludesUnfullChunk && promptTokens % Options.ChunkSize != 0 ? 1 : 0);
        Reset();
    }

    /// <summary>Generates the next key.</summary>
    /// <param name="prompt">All tokens of the prompt.</param>
    /// <exception cref="InvalidOperationException">All keys have been generated.</exception>
    public string Next(ReadOnlySpan<uint> prompt)
    {
        if (Position >= Count)
        {
            throw new InvalidOperationException("The prompt has no more chunks.");
        }

        int start = Position++ * Options.ChunkSize;
        return Hash(prompt.Slice(start, Math.Min(Options.ChunkSize, prompt.Length - start)));
    }

    private protected abstract void Reset();

    /// <summary>Generates the key of the next chunk; a chunk shorter than the chunk size is the prompt's last.</summary>
    private protected abstract string Hash(ReadOnlySpan<uint> chunk);
}
