namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The hash algorithms for chunk keys.</summary>
public enum ChunkHashAlgorithm
{
    /// <summary>SHA-256 chain over canonical CBOR.</summary>
    Sha256Cbor,

    /// <summary>SHA-256 chain over raw token bytes.</summary>
    Sha256Hex,

    /// <summary>One running XXH64.</summary>
    XxHash,
}
