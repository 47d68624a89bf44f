namespace Llumnix.Scheduling.PrefixCache;

/// <summary>How prompts are cut into chunks and hashed. All values must match those of the KV store's writers.</summary>
public sealed record ChunkKeySettings
{
    /// <summary>The hash: <c>--kvs-hash-algo</c>.</summary>
    public ChunkHashAlgorithm Algorithm { get; init; } = ChunkHashAlgorithm.Sha256Cbor;

    /// <summary>Tokens per chunk, at least 1: <c>--kvs-chunk-size</c>.</summary>
    public int ChunkSize { get; init; } = 256;

    /// <summary>Whether the last, incomplete chunk has a key: <c>--kvs-enable-save-unfull-chunk</c>.</summary>
    public bool IncludesUnfullChunk { get; init; }

    /// <summary>Seed of <see cref="ChunkHashAlgorithm.Sha256Cbor"/>: <c>GO_HASH_SEED</c>.</summary>
    public string Seed { get; init; } = "0";

    /// <summary>Prefix before the digest of <see cref="ChunkHashAlgorithm.XxHash"/>.</summary>
    public string Prefix { get; init; } = "iris.block.hash.key.";
}
