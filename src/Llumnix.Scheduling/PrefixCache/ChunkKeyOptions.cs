namespace Llumnix.Scheduling.PrefixCache;

/// <summary>How a prompt is cut into chunks and what their keys are. All of it must be what the KV store's writers do.</summary>
public sealed record ChunkKeyOptions
{
    // Null: not set.
    private readonly ChunkHashAlgorithm? _algorithm;

    /// <summary>The hash: <c>--kvs-hash-algo</c>; always <see cref="ChunkHashAlgorithm.XxHash"/> with v6d.</summary>
    public ChunkHashAlgorithm Algorithm
    {
        get => _algorithm ?? ChunkHashAlgorithm.Sha256Cbor;
        init => _algorithm = value;
    }

    /// <summary>Tokens per chunk, at least 1: <c>--kvs-chunk-size</c>.</summary>
    public int ChunkSize { get; init; } = 256;

    /// <summary>Whether the last, incomplete chunk has a key: <c>--kvs-enable-save-unfull-chunk</c>.</summary>
    public bool IncludesUnfullChunk { get; init; }

    /// <summary>Seed of <see cref="ChunkHashAlgorithm.Sha256Cbor"/>: <c>--kvs-hash-seed</c>.</summary>
    public string Seed { get; init; } = "0";

    /// <summary>First part of the <see cref="Prefix"/>: <c>--kvs-iris-meta-prefix</c>.</summary>
    public string IrisMetaPrefix { get; init; } = "iris.";

    /// <summary>Second part of the <see cref="Prefix"/>: <c>--kvs-vllm-block-prefix</c>.</summary>
    public string VllmBlockPrefix { get; init; } = "block.hash.key.";

    /// <summary>What stands in front of the digest of <see cref="ChunkHashAlgorithm.XxHash"/>.</summary>
    public string Prefix => IrisMetaPrefix + VllmBlockPrefix;

    /// <summary>The options with another default of <see cref="Algorithm"/>; it stays when it was set.</summary>
    public ChunkKeyOptions WithDefaultAlgorithm(ChunkHashAlgorithm algorithm) => this with { Algorithm = _algorithm ?? algorithm };
}
