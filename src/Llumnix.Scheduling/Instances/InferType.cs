namespace Llumnix.Scheduling.Instances;

/// <summary>What an engine instance is deployed to do, and what a placement asks of it.</summary>
public enum InferType : byte
{
    /// <summary>Prefill and decode of the same request.</summary>
    Neutral,

    /// <summary>Prefill only; the KV cache is handed to a decode instance.</summary>
    Prefill,

    /// <summary>Decode only, from a KV cache that a prefill instance made.</summary>
    Decode,
}
